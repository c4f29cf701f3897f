import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import type { HubClient } from "../hub-client.ts";
import { admin, installedMachine, shell } from "../installed-machine.ts";
import { atWork } from "../log-in.ts";
import { testImages } from "../machine.ts";

const environment = "/opt/homeroom/environment";
const kernelTellsDebugger =
  "import sys; print('_pydevd_bundle' in sys.modules, __import__('debugpy').listen.__name__)";

describe.each(testImages)("the start of a server on %s", (image) => {
  let machine: Machine;
  let teacher: HubClient;
  beforeAll(async () => {
    machine = await installedMachine(image, { purpose: "lean" });
    teacher = await atWork(machine, admin);
  });
  afterAll(async () => {
    await machine?.down();
  });

  /** The teacher's server, stopped and started again. */
  async function again(): Promise<Started> {
    await shell(machine, `systemctl stop homeroom-user@${admin}`);
    await teacher.startServer(admin);
    return started();
  }

  async function started(): Promise<Started> {
    const unit = `homeroom-user@${admin}`;
    const status = (await shell(machine, `systemctl show -P StatusText ${unit}`)).trim();
    const at = `/proc/$(systemctl show -P MainPID ${unit})`;
    // Its compiled parts are files that a process maps when it imports them.
    const database = (await shell(machine, `grep -c 'sqlalchemy/.*[.]so' ${at}/maps || true`)).trim() !== "0";
    const kilobytes = Number(
      /^Private_Dirty:\s+(\d+)/m.exec(await shell(machine, `cat ${at}/smaps_rollup`))?.[1],
    );
    return { status, database, megabytes: kilobytes / 1024 };
  }

  test("what was checked when the environment was built starts lean; stock, it takes twice the memory", async () => {
    const verdict = await shell(machine, `cat ${environment}/share/homeroom/lean.json`);
    expect(JSON.parse(verdict)).toMatchObject({ reason: null, loaded_at_start: [] });
    const lean = await started();
    expect(lean).toMatchObject({ status: "Serving", database: false });

    await shell(machine, "homeroom config set user_environment.lean=false");
    const stock = await again();
    expect(stock).toMatchObject({ status: "Serving", database: true });
    expect(lean.megabytes).toBeLessThan(0.55 * stock.megabytes);
    expect(await teacher.run(admin, "5*4")).toBe("20");
    await shell(machine, "homeroom config unset user_environment.lean");
    expect(await again()).toMatchObject({ status: "Serving", database: false });
    expect(await teacher.run(admin, "5*4")).toBe("20");
  });

  test("a package that was changed since, and a start that fails, are started stock and told", async () => {
    const packages = `${environment}/lib/python3*/site-packages`;
    await shell(machine, "systemctl stop homeroom-environment-check.path homeroom-environment-check.service");
    await shell(machine, `mv ${packages}/fqdn-*.dist-info /root/`);
    const unchecked = await again();
    expect(unchecked.database).toBe(true);
    expect(unchecked.status).toMatch(
      /^Serving, started the stock way: it was not checked with the packages that are installed now \(fqdn-/,
    );
    await shell(machine, "systemctl start homeroom-environment-check.service");
    expect(await again()).toMatchObject({ status: "Serving", database: false });
    await shell(machine, `mv /root/fqdn-*.dist-info ${packages}/`);

    const settings = `/home/jupyter-${admin}/.jupyter`;
    const onlyStock =
      "import sys; hasattr(sys.modules['requests'], '_homeroom_pending') and sys.exit('not lean')";
    await shell(
      machine,
      `install -d ${settings} && echo "${onlyStock}" > ${settings}/jupyter_server_config.py`,
    );
    const failed = await again();
    expect(failed.database).toBe(true);
    expect(failed.status).toBe("Serving, started the stock way: a lean start failed: SystemExit: not lean");
    expect(await teacher.run(admin, "5*4")).toBe("20");
    await shell(machine, `rm ${settings}/jupyter_server_config.py`);
  });

  test("the debugger and the end of idle kernels are the config's choice", async () => {
    await again();
    expect(await teacher.run(admin, kernelTellsDebugger)).toBe("True listen");
    await shell(machine, "homeroom config set user_environment.debugger=false");
    await again();
    expect(await teacher.run(admin, kernelTellsDebugger)).toBe("False listen");
    await shell(machine, "homeroom config set services.cull.kernels=1");
    await again();
    const kernels = async () =>
      JSON.parse((await teacher.get(`user/${admin}/api/kernels`)).body) as unknown[];
    const made = await teacher.api(`user/${admin}/api/kernels`, { method: "POST", body: "{}" });
    expect(made.status).toBe(201);
    await expect.poll(kernels, { timeout: 60_000, interval: 500 }).toEqual([]);
  });
});

interface Started {
  status: string;
  /** Whether the database's library is in its memory, which only a stock start loads. */
  database: boolean;
  /** Its own, which nobody shares. */
  megabytes: number;
}
