import { defineConfig } from "vitest/config";

const minute = 60 * 1000;

/** A tier of tests: one folder below test/, as `vitest run test/unit` or `vitest run --project unit`. */
function tier(name: string, options: object): { extends: true; test: object } {
  return { extends: true, test: { name, include: [`test/${name}/**/*.test.ts`], ...options } };
}

/** Machines are slow and share ports, memory and two cores: one file after the other. */
const oneByOne = {
  fileParallelism: false,
  maxWorkers: 1,
  globalSetup: "test/remove-installed-machines.ts",
};

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      tier("unit", { testTimeout: minute }),
      tier("cli", { testTimeout: minute, hookTimeout: minute }),
      tier("container", { ...oneByOne, testTimeout: 5 * minute, hookTimeout: 10 * minute }),
      tier("vm", { ...oneByOne, testTimeout: 15 * minute, hookTimeout: 20 * minute }),
    ],
  },
});
