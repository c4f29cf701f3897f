import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";
import { defineConfig } from "vitest/config";

/** The sample configs first: they are quick and notice most; a mutant's first failing test ends its run. */
class CasesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => (moduleId.endsWith("/cases.test.ts") ? 0 : 1);
    return files.toSorted((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

/** The tests of config/ that every mutant of it is shown to. */
export default defineConfig({
  test: {
    include: ["test/unit/config/**/*.test.ts"],
    // what they find, slowness and crashes, mutants are not about, and they cost seconds for each
    exclude: ["test/unit/config/large-texts.test.ts", "test/unit/config/garbage.test.ts"],
    setupFiles: ["scripts/mutation/few-random-inputs.ts"],
    sequence: { sequencer: CasesFirst },
    testTimeout: 15_000,
  },
});
