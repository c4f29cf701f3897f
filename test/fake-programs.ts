import type { FakeHost, Program } from "./fake-host.ts";

/** What root's tools for accounts do to passwd(5), group(5) and shadow(5). */
export const accountPrograms: Readonly<Record<string, Program>> = {
  useradd(args, machine) {
    const name = args.at(-1) ?? "";
    const option = (key: string) => args[args.indexOf(key) + 1] ?? "";
    const id = args.includes("--uid") ? Number(option("--uid")) : nextId(machine);
    if (linesOf(machine, "/etc/passwd").some((line) => line.split(":")[2] === String(id)))
      return { exitCode: 4 };
    addLine(machine, "/etc/passwd", `${name}:x:${id}:${id}::${option("--home-dir")}:${option("--shell")}`);
    addLine(machine, "/etc/group", `${name}:x:${id}:`);
    addLine(machine, "/etc/shadow", `${name}:!:20000:0:99999:7:::`);
    return "";
  },
  usermod(args, machine) {
    const name = args.at(-1) ?? "";
    const value = (key: string) => (args.includes(key) ? args[args.indexOf(key) + 1] : undefined);
    const [home, shell, expires] = [value("--home"), value("--shell"), value("--expiredate")];
    changeLine(machine, "/etc/passwd", name, (fields) =>
      fields.with(5, home ?? fields[5] ?? "").with(6, shell ?? fields[6] ?? ""),
    );
    if (expires !== undefined) changeLine(machine, "/etc/shadow", name, (fields) => fields.with(7, expires));
    return "";
  },
  userdel(args, machine) {
    for (const file of ["passwd", "group", "shadow"]) dropLine(machine, `/etc/${file}`, args.at(-1) ?? "");
    return "";
  },
  groupadd(args, machine) {
    addLine(machine, "/etc/group", `${args.at(-1) ?? ""}:x:${nextId(machine)}:`);
    return "";
  },
  groupdel(args, machine) {
    dropLine(machine, "/etc/group", args.at(-1) ?? "");
    return "";
  },
  gpasswd([verb = "", account = "", group = ""], machine) {
    changeLine(machine, "/etc/group", group, (fields) => {
      const others = (fields[3] ?? "").split(",").filter((name) => name !== "" && name !== account);
      return fields.with(3, [...others, ...(verb === "--add" ? [account] : [])].join(","));
    });
    return "";
  },
};

/** cp and rm as homes are filled with them: files of one directory into another, whole trees away. */
export const homePrograms: Readonly<Record<string, Program>> = {
  cp(args, machine, { as }) {
    const paths = args.slice(args.indexOf("--") + 1);
    const to = paths.pop() ?? "";
    for (const path of paths)
      machine.put(`${to}/${path.slice(path.lastIndexOf("/") + 1)}`, machine.text(path) ?? "", as);
    return "";
  },
  rm(args, machine) {
    machine.take(args.at(-1) ?? "");
    return "";
  },
};

const units = "/etc/systemd/system";

/** systemd as far as plans see it: what it has loaded, what runs, and with which inputs. */
export class FakeSystemd {
  readonly #loaded = new Map<string, string | undefined>();
  readonly #pids = new Map<string, number>();
  #lastPid = 100;

  constructor(machine: FakeHost) {
    machine.programs["systemctl"] = (args) => this.#systemctl(args, machine);
    machine.programs["journalctl"] = () => "the unit's last words\n";
  }

  /** What runs, as "unit inputs". */
  running(machine: FakeHost): string[] {
    return [...this.#pids]
      .map(([unit, pid]) => `${unit} ${machine.text(`/proc/${pid}/environ`) ?? ""}`)
      .toSorted();
  }

  /** The machine starts anew: everything is read from disk, nothing runs. */
  reboot(machine: FakeHost): void {
    for (const pid of this.#pids.values()) machine.take(`/proc/${pid}`);
    this.#pids.clear();
    this.#loaded.clear();
  }

  #systemctl([verb, ...args]: readonly string[], machine: FakeHost): string | { exitCode: number } {
    const names = args.slice(args.indexOf("--") + 1);
    if (verb === "daemon-reload") {
      this.#loaded.clear();
    } else if (verb === "show") {
      const asked = names.flatMap((name) => (name.endsWith("*") ? [...this.#pids.keys()] : [name]));
      return asked.map((unit) => this.#shown(machine, unit)).join("\n\n");
    } else if (verb === "start" || verb === "restart") {
      for (const unit of names) if (!this.#start(machine, unit)) return { exitCode: 5 };
    } else if (verb === "stop") {
      for (const unit of names) this.#stop(machine, unit);
    }
    return "";
  }

  #shown(machine: FakeHost, unit: string): string {
    const pid = this.#pids.get(unit);
    const stale = this.#loaded.has(unit) && this.#loaded.get(unit) !== machine.text(`${units}/${unit}`);
    return [
      `Id=${unit}`,
      `ActiveState=${pid === undefined ? "inactive" : "active"}`,
      `MainPID=${pid ?? 0}`,
      `NeedDaemonReload=${stale ? "yes" : "no"}`,
    ].join("\n");
  }

  #start(machine: FakeHost, unit: string): boolean {
    if (!this.#loaded.has(unit)) this.#loaded.set(unit, machine.text(`${units}/${unit}`));
    const text = this.#loaded.get(unit);
    if (text === undefined) return false;
    this.#stop(machine, unit);
    this.#lastPid += 1;
    this.#pids.set(unit, this.#lastPid);
    const inputs = /HOMEROOM_INPUTS=\S*/.exec(text)?.[0] ?? "";
    machine.put(`/proc/${this.#lastPid}/environ`, `PATH=/bin\0${inputs}\0`);
    return true;
  }

  #stop(machine: FakeHost, unit: string): void {
    machine.take(`/proc/${this.#pids.get(unit)}`);
    this.#pids.delete(unit);
  }
}

function nextId(machine: FakeHost): number {
  const numbers = [...(machine.text("/etc/group") ?? "").matchAll(/^[^:]*:x:(\d+):/gm)].map(([, id]) =>
    Number(id),
  );
  return Math.max(999, ...numbers) + 1;
}

function linesOf(machine: FakeHost, path: string): string[] {
  return (machine.text(path) ?? "").split("\n").filter(Boolean);
}

function putLines(machine: FakeHost, path: string, lines: readonly string[]): void {
  machine.put(path, lines.map((line) => `${line}\n`).join(""), {
    mode: path === "/etc/shadow" ? 0o640 : 0o644,
  });
}

function addLine(machine: FakeHost, path: string, line: string): void {
  putLines(machine, path, [...linesOf(machine, path), line]);
}

function dropLine(machine: FakeHost, path: string, name: string): void {
  putLines(
    machine,
    path,
    linesOf(machine, path).filter((line) => !line.startsWith(`${name}:`)),
  );
}

function changeLine(
  machine: FakeHost,
  path: string,
  name: string,
  change: (fields: string[]) => string[],
): void {
  const lines = linesOf(machine, path).map((line) =>
    line.startsWith(`${name}:`) ? change(line.split(":")).join(":") : line,
  );
  putLines(machine, path, lines);
}
