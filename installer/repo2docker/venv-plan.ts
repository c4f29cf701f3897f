import { debianName, pypiName } from "./conda-names.ts";
import type { Asked, FolderRequest, NotDone } from "./folder-request.ts";
import { isWithinVersions } from "./python-versions.ts";
import { HomeroomError } from "../errors.ts";

/** What is installed of a folder's request where pip and uv install it. */
export interface VenvPlan {
  /** Lines of requirements.txt, and the file that each stands in. */
  requirements: Asked[];
  notDone: NotDone[];
}

/**
 * A folder's request under `environment.manager: venv`, whose Python is the system's.
 * @param python "3.11"
 * @throws HomeroomError where it needs another Python
 */
export function venvPlan(request: FolderRequest, python: string): VenvPlan {
  refuseOtherPython(request, python);
  const notDone = [...request.notDone];
  const requirements = [...request.pip];
  for (const { name, versions, text, file } of request.conda) {
    // They are there, in versions that go with the machine's Python.
    if (bases.has(name)) continue;
    const pypi = pypiName(name);
    if (pypi === undefined) notDone.push({ what: text, file, why: whyNot(name) });
    else requirements.push({ text: `${pypi}${versions}`, file });
  }
  const other = request.channels.filter((each) => !/^(?:conda-forge|defaults|nodefaults)$/.test(each));
  if (other.length > 0) {
    const why = "packages come from Python's index; `environment.manager: conda` takes them from channels";
    notDone.push({ what: `channels ${other.map(withoutToken).join(", ")}`, file: request.by ?? "", why });
  }
  for (const { text, file } of request.sources) {
    const why =
      "it would have to be built from source; only ready-made packages and the folder's own are installed";
    notDone.push({ what: text.replace(/\/\/[^@/\s]*@/, "//"), file, why });
  }
  return { requirements: unique(requirements), notDone };
}

function refuseOtherPython({ python: wish }: FolderRequest, python: string): void {
  if (wish === null || isWithinVersions(python, wish.versions)) return;
  throw new HomeroomError(
    `${wish.file} asks for Python ${wish.versions.replace(/^==/, "")}, and this machine's Python is ${python}.`,
    {
      remedy: `With \`environment.manager: venv\` the environment has the machine's Python. Ask for ${python} in ${wish.file}, or leave the version out where the packages work with ${python} too.`,
    },
  );
}

function whyNot(name: string): string {
  const apt = debianName(name);
  return apt === undefined
    ? "it is no Python package, and packages come from Python's index"
    : `it is no Python package; \`sudo homeroom config add environment.apt ${apt}\` installs Debian's`;
}

function unique(asked: readonly Asked[]): Asked[] {
  const seen = new Map(asked.map((each) => [each.text, each]));
  return [...seen.values()];
}

/** A channel's address may hold a token. */
function withoutToken(channel: string): string {
  return channel.replace(/\/t\/[^/]+/, "").replace(/\/\/[^@/\s]*@/, "//");
}

const bases = new Set(["pip", "setuptools", "wheel", "uv"]);
