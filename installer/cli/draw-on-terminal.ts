import {
  Listr,
  type ListrDefaultRendererLogLevels,
  ListrLogger,
  ProcessOutput,
  type ListrTaskWrapper,
} from "listr2";
import type { DisplayLine, Drawing } from "./show-task.ts";
import type { StepGroup } from "./step-groups.ts";

type Wrapper = Pick<ListrTaskWrapper<unknown, never, never>, "output" | "title">;

/** Lines that change in place, with a spinner, the last words of a long step, and the time it took. */
export function drawOnTerminal(lines: readonly DisplayLine[]): Drawing {
  const wrappers = new Map<StepGroup, Wrapper>();
  const failures = new Set<StepGroup>();
  const list = new Listr(
    lines.map(({ group, title, done }) => ({
      title,
      task: async (_context: unknown, wrapper: Wrapper) => {
        wrappers.set(group, wrapper);
        await done;
        if (failures.has(group)) throw new Error(title);
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      rendererOptions: { logger: onStandardError(), collapseErrors: true },
    },
  );
  const drawn = list.run().catch(() => undefined);
  return {
    started: () => undefined,
    finished({ group, title }, failed, milliseconds) {
      if (failed) failures.add(group);
      const wrapper = wrappers.get(group);
      if (wrapper !== undefined) wrapper.title = `${title}: ${(milliseconds / 1000).toFixed(1)} s`;
    },
    said({ group }, words) {
      const wrapper = wrappers.get(group);
      if (wrapper !== undefined) wrapper.output = words.slice(0, 76);
    },
    end: async () => void (await drawn),
  };
}

/** Standard output is for results. */
function onStandardError(): ListrLogger<ListrDefaultRendererLogLevels> {
  return new ListrLogger({
    useIcons: false,
    processOutput: new ProcessOutput(process.stderr, process.stderr),
  });
}
