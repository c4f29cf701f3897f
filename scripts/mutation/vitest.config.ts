import { defineConfig } from "vitest/config";

/** The tests of config/ that every mutant of it is shown to. */
export default defineConfig({
  test: {
    include: ["test/unit/config/**/*.test.ts"],
    // large texts cost seconds and find slowness, which mutants are not about
    exclude: ["test/unit/config/large-texts.test.ts"],
    setupFiles: ["scripts/mutation/few-random-inputs.ts"],
    testTimeout: 15_000,
  },
});
