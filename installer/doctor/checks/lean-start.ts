import { environmentLink } from "../../desired/python.ts";
import type { Host, HostReader } from "../../host/host.ts";
import { warning, type Check } from "../check.ts";
import { runAsEnvironment } from "./run-as-environment.ts";

/** Of the release in use, whose savings the servers take. */
const scripts = "/opt/homeroom/current/templates/hub";

/** Servers start lean; stock they take twice the memory. */
export const leanStart: Check = {
  id: "lean-start",
  title: "The lean start of servers",
  area: "environment",
  async examine({ host, config, generation }) {
    if (config?.userEnvironment.lean !== true || generation === undefined) return [];
    if ((await host.stat(environmentLink)) === undefined) return [];
    const unchecked = await whyStock(host);
    if (unchecked !== undefined) {
      return [
        warning(
          `Servers start the stock way, which takes twice the memory: ${unchecked}.`,
          "sudo homeroom doctor --fix checks it again. If it stays, turn it off: sudo homeroom config set user_environment.lean=false",
        ),
      ];
    }
    return (await fellBack(host)).map((unit) =>
      warning(
        `A lean start of ${unit} failed, so it was started the stock way, which takes twice the memory.`,
        `journalctl --unit ${unit} says why. If others fail too: sudo homeroom config set user_environment.lean=false`,
      ),
    );
  },
  fix: {
    repair: checkAgain,
  },
};

/** What the environment's own Python says of it; undefined where servers start lean. */
async function whyStock(host: HostReader): Promise<string | undefined> {
  const program =
    "import sys; sys.path.append(sys.argv[1]); from homeroom.lean_verdict import why_stock; print(why_stock() or '')";
  const python = `${environmentLink}/bin/python`;
  const { stdout, exitCode } = await runAsEnvironment(host, [python, "-I", "-c", program, scripts]);
  const said = stdout.trim().replaceAll(/[^ -~]/g, "?");
  // A Python that does not start is another check's finding.
  return exitCode !== 0 || said === "" ? undefined : said;
}

/** Units whose lean start failed. Their status is what a student's program says, so no word of it is repeated. */
async function fellBack(host: HostReader): Promise<string[]> {
  const { stdout } = await host.query([
    "systemctl",
    "show",
    "--property=Id,StatusText",
    "homeroom-user@*.service",
  ]);
  return stdout
    .split("\n\n")
    .filter((text) => /^StatusText=.*started the stock way: a lean start failed/m.test(text))
    .flatMap((text) => /^Id=(.*)$/m.exec(text)?.[1] ?? []);
}

async function checkAgain(host: Host): Promise<void> {
  await host.run(
    [
      "setpriv",
      "--reuid=homeroom-env",
      "--regid=homeroom-env",
      "--clear-groups",
      "--no-new-privs",
      "--",
      `${environmentLink}/bin/python`,
      "-I",
      `${scripts}/prepare_environment.py`,
    ],
    { cwd: "/", env: { HOME: "/nonexistent", PYTHONDONTWRITEBYTECODE: "1" }, timeoutMs: 300_000 },
  );
}
