import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import {
  admin,
  adminPassword,
  bootstrap,
  bootstrapAtTerminal,
  invocations,
  serveRelease,
  shell,
  writtenFiles,
} from "../installed-machine.ts";
import { atWork } from "../log-in.ts";
import { testImages, testMachine } from "../machine.ts";
import type { Registry } from "../registry/registry.ts";

/** What a visitor of the front door met, in order, equal answers after each other once. */
interface Visit {
  saw: string[];
  pages: string;
}

let registry: Registry;
beforeAll(async () => {
  registry = await serveRelease();
});
afterAll(async () => {
  await registry?.[Symbol.asyncDispose]();
});

describe.each(testImages)("installing on a bare %s", (image) => {
  const foreign = "/etc/tmpfiles.d/homeroom.conf";
  let machine: Machine;
  let said: string;
  let visit: Visit;
  beforeAll(async () => {
    machine = await testMachine("install", { image });
    await shell(machine, `echo '# there before Homeroom' >${foreign}`);
    const installed = new AbortController();
    const visiting = visitUntil(machine.url, installed.signal);
    const answers = [
      { after: "User name of the teacher", type: `${admin}\n` },
      { after: "Python packages for everybody", type: "numpy>=2\n" },
      { after: "Public name of the hub", type: "\n" },
      { after: `Password for ${admin}`, type: `${adminPassword}\n` },
    ];
    said = await bootstrapAtTerminal(machine, registry, answers, "--progress-page");
    installed.abort();
    visit = await visiting;
  });
  afterAll(async () => {
    await machine?.down();
  });

  test("ends with the address; the admin logs in, computes and is root by sudo", async () => {
    expect(said).toContain(`The hub is at  ${machine.url}/`);
    expect(said).not.toContain(adminPassword);
    const teacher = await atWork(machine, admin);
    expect(await teacher.run(admin, "import numpy; int(numpy.float64(5) * 4)")).toBe("20");
    expect(await teacher.run(admin, "import subprocess; print(subprocess.getoutput('sudo -n id -un'))")).toBe(
      "root",
    );
  });

  test("shows its steps on the front door meanwhile, and hands over without a gap", () => {
    // Nobody listens, then the steps, then the hub: nothing else, and nothing twice.
    expect(visit.saw).toEqual(["nobody", "200 steps", "200 hub"]);
    expect(visit.pages).toContain("<span>Build the shared Python environment</span>");
    expect(visit.pages).toContain("<span>Start the services</span>");
    expect(visit.pages).not.toContain(adminPassword);
  });

  test("leaves a file that was there before alone, and goes on calling it that", async () => {
    expect(said).toContain(`${foreign} was there before Homeroom`);
    await shell(machine, "homeroom config set limits.cpu=1.5");
    expect(await shell(machine, "homeroom plan", [2])).toContain(`${foreign} was there before Homeroom`);
    expect(await shell(machine, `cat ${foreign}`)).toBe("# there before Homeroom\n");
  });

  test("again changes nothing, writes nothing and restarts nothing", async () => {
    const before = [await writtenFiles(machine), await invocations(machine)];
    const { stderr } = await bootstrap(machine, registry);
    expect(stderr).toContain("Nothing to do");
    expect(await shell(machine, "homeroom apply")).toContain("Nothing to do");
    expect([await writtenFiles(machine), await invocations(machine)]).toEqual(before);
  });
});

/** A visitor who asks for the front page over and over, each time on a connection of its own. */
async function visitUntil(address: string, signal: AbortSignal): Promise<Visit> {
  const visit: Visit = { saw: [], pages: "" };
  while (!signal.aborted) {
    const [what, page] = await lookAt(address);
    if (visit.saw.at(-1) !== what) visit.saw.push(what);
    if (what.endsWith("steps")) visit.pages = page;
    await sleep(20);
  }
  return visit;
}

async function lookAt(address: string): Promise<[what: string, page: string]> {
  try {
    const answer = await fetch(address, {
      headers: { connection: "close" },
      signal: AbortSignal.timeout(30_000),
    });
    const page = await answer.text();
    const who = answer.headers.has("homeroom-progress")
      ? "steps"
      : page.includes("JupyterHub")
        ? "hub"
        : "stranger";
    return [`${answer.status} ${who}`, page];
  } catch (error) {
    const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
    return [code === "ECONNREFUSED" ? "nobody" : String(code ?? error), ""];
  }
}
