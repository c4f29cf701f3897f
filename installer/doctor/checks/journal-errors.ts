import { warning, type Check } from "../check.ts";

interface Cause {
  pattern: RegExp;
  words: string;
  remedy: string;
}

/** What the services say when something is known to be wrong, most telling first. */
const causes: readonly Cause[] = [
  {
    pattern: /database is locked/i,
    words: "The hub's database was locked",
    remedy: "Another program has /var/lib/homeroom/hub/jupyterhub.sqlite open: close it.",
  },
  {
    pattern: /No space left on device/i,
    words: "The disk was full",
    remedy: "`df -h` shows which; make room.",
  },
  {
    pattern: /Read-only file system/i,
    words: "A disk could only be read",
    remedy: "`dmesg | grep -i error` says why; the disk may be dying: copy what matters first.",
  },
  {
    pattern: /Too many open files/i,
    words: "There were too many open files",
    remedy: "Restart the service that said it; if it comes back, report it.",
  },
  {
    pattern: /cannot allocate memory|MemoryError/i,
    words: "There was no memory left",
    remedy: "Lower limits.memory, or give the machine more.",
  },
  {
    pattern: /credentials/i,
    words: "A server got no credentials from the hub",
    remedy: "It started while the hub restarted: starting it again helps.",
  },
  {
    pattern: /certificate verify failed|CERTIFICATE_VERIFY_FAILED/i,
    words: "A certificate was not accepted",
    remedy: "Look at the clock (`timedatectl`) and at the certificates of a proxy in between.",
  },
  {
    pattern: /Temporary failure in name resolution|Name or service not known/i,
    words: "A name could not be looked up",
    remedy: "Check the machine's DNS.",
  },
  {
    pattern: /ModuleNotFoundError|ImportError/i,
    words: "A Python package was missing",
    remedy: "`sudo homeroom doctor` looks at both environments; `sudo homeroom install` repairs the hub's.",
  },
  {
    pattern: /timed out|TimeoutError/i,
    words: "Something took too long",
    remedy: "The machine may be overloaded: `systemd-cgtop`.",
  },
];

/** What the services reported as errors within a day, by cause. */
export const journalErrors: Check = {
  id: "journal-errors",
  title: "Errors that the services reported",
  area: "services",
  async examine({ host }) {
    const argv = [
      "journalctl",
      "--quiet",
      "--no-pager",
      "--output=cat",
      "--since=-1d",
      "--priority=err",
      "--unit=homeroom-*",
    ];
    const { stdout } = await host.query(argv, { okCodes: [0, 1] });
    const lines = stdout.split("\n").filter((line) => line.trim() !== "");
    const groups = Map.groupBy(lines, (line) => causes.find(({ pattern }) => pattern.test(line)));
    return [...groups].map(([cause, said]) => {
      const times = said.length === 1 ? "once" : `${said.length} times`;
      return cause === undefined
        ? warning(
            `The services reported errors ${times} in the last day; the last of them: ${(said.at(-1) ?? "").slice(0, 200)}`,
            "`sudo homeroom logs --since today` shows them.",
          )
        : warning(`${cause.words} (${times} in the last day).`, cause.remedy);
    });
  },
};
