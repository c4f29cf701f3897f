import type { FileOwner, Host } from "../host/host.ts";
import { HomeroomError } from "../errors.ts";
import { sourcesFolder, treeOf, type FolderPart } from "./folder-part.ts";
import type { Progress } from "./resource.ts";
import type { Uv } from "./run-uv.ts";

const unit = "homeroom-post-build.service";
const log = "/var/log/homeroom/post-build.log";
/** Characters of its output that are kept. */
const mostOutput = 1024 ** 2;

/**
 * Runs a folder's postBuild as the environment's owner, in a unit of its own: what it leaves running ends with it, and
 * it may write nothing but the environment and its own copy of the folder. Its output is kept in /var/log/homeroom.
 * @param seconds how long it may take
 * @throws HomeroomError with its last lines where it fails or takes longer
 */
export async function runPostBuild(
  host: Host,
  uv: Uv,
  {
    owner,
    environment,
    folder,
    seconds,
    progress,
  }: { owner: FileOwner; environment: string; folder: FolderPart; seconds: number; progress: Progress },
): Promise<void> {
  const tree = treeOf(folder);
  const home = `${sourcesFolder}/${folder.key}/home`;
  const script = `${tree}/${folder.postBuild}`;
  await uv.run(["mkdir", "-p", "--", home]);
  await uv.run(["chmod", "u+x", "--", script]);
  const said: string[] = [];
  let length = 0;
  const keep = (line: string) => {
    progress.report(line);
    if (length < mostOutput) said.push(line);
    length += line.length + 1;
  };
  try {
    await host.run(
      [
        "systemd-run",
        "--collect",
        "--wait",
        "--pipe",
        `--unit=${unit}`,
        `--uid=${owner.uid}`,
        `--gid=${owner.gid}`,
        "--slice=homeroom-users.slice",
        `--working-directory=${tree}`,
        `--property=RuntimeMaxSec=${seconds}`,
        "--property=TimeoutStopSec=5",
        "--property=UMask=0002",
        "--property=NoNewPrivileges=yes",
        "--property=PrivateTmp=yes",
        "--property=ProtectHome=yes",
        "--property=ProtectSystem=strict",
        `--property=ReadWritePaths=${environment} ${sourcesFolder}/${folder.key}`,
        ...variables(environment, tree, home),
        "--",
        "/bin/sh",
        "-c",
        `for name in ${network.join(" ")}; do eval "value=\\$$name"; [ -n "$value" ] || unset "$name"; done; exec "$0"`,
        script,
      ],
      // The unit's own limit comes first; this one is for a systemd that does not answer.
      { timeoutMs: (seconds + 60) * 1000, signal: progress.signal, onLine: keep },
    );
  } catch (error) {
    throw explained(error, folder, seconds, said);
  } finally {
    await host.run(["systemctl", "stop", "--quiet", "--", unit], { okCodes: [0, 1, 5] });
    const cut = length > mostOutput ? ["[more was said than is kept]"] : [];
    const heading = `# ${folder.postBuild} of ${folder.address}, ${folder.revision}`;
    const text = [heading, ...said, ...cut].map((line) => `${line}\n`).join("");
    await host.write(log, text, { mode: 0o640, uid: 0, gid: 0 });
  }
}

/**
 * The way to the network. systemd-run takes its own values, so that none stands among the arguments, and an empty one
 * where there is none, which pip and OpenSSL take for a value.
 */
const network = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
  "PIP_INDEX_URL",
  "PIP_CERT",
];

/** What repo2docker's build sets, as far as it has a meaning here. */
function variables(environment: string, tree: string, home: string): string[] {
  const set = {
    HOME: home,
    PATH: `${environment}/bin:/usr/local/bin:/usr/bin:/bin`,
    VIRTUAL_ENV: environment,
    NB_PYTHON_PREFIX: environment,
    KERNEL_PYTHON_PREFIX: environment,
    REPO_DIR: tree,
    NB_USER: "homeroom-env",
    LANG: "C.UTF-8",
    DEBIAN_FRONTEND: "noninteractive",
  };
  return [
    ...Object.entries(set).map(([name, value]) => `--setenv=${name}=${value}`),
    ...network.map((name) => `--setenv=${name}`),
  ];
}

function explained(error: unknown, folder: FolderPart, seconds: number, said: readonly string[]): unknown {
  if (!(error instanceof HomeroomError)) return error;
  const late = said.some((line) => /Finished with result: timeout/.test(line));
  const own = said.filter(
    (line) =>
      !/^(?:Running as unit|Finished with result|Main processes terminated|Service runtime|CPU time consumed|Memory peak|Memory swap|IO bytes|IP traffic)/.test(
        line,
      ),
  );
  const what = late ? `did not end within ${seconds} s` : "failed";
  const last = own.slice(-12).join("\n");
  return new HomeroomError(`${folder.postBuild} of ${folder.address} ${what}.`, {
    remedy: `${last === "" ? "It said nothing." : `It said last:\n${last}`}\nAll that it said stands in ${log}.${late ? " environment.post_build_timeout gives it more time." : ""} The environment in use stays as it is.`,
    cause: error,
  });
}
