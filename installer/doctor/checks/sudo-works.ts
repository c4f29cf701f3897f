import { error, type Check } from "../check.ts";

/** sudo accepts all of its files: one bad line anywhere locks every admin out. */
export const sudoWorks: Check = {
  id: "sudo-works",
  title: "sudo's own files",
  area: "people",
  async examine({ host }) {
    const { exitCode, stdout, stderr } = await host.query(["visudo", "--check"], { okCodes: [0, 1] });
    if (exitCode === 0) return [];
    const [first = "it says no more"] = `${stderr}\n${stdout}`
      .split("\n")
      .filter((line) => line.trim() !== "");
    return [
      error(
        `sudo refuses its configuration: ${first}`,
        "Mend the file it names with: sudo visudo -f FILE (as root, if sudo no longer works)",
      ),
    ];
  },
};
