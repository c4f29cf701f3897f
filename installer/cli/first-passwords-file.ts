import type { Host, HostReader } from "../host/host.ts";

const folder = "/var/lib/homeroom/secrets";
const passwordsPath = `${folder}/first-passwords.json`;
const codePath = `${folder}/class-code`;

/** bcrypt hashes by hub name: what people log in with until they choose a password of their own. */
export type FirstPasswords = Readonly<Record<string, string>>;

export async function readFirstPasswords(host: HostReader): Promise<FirstPasswords> {
  const text = await host.read(passwordsPath);
  return text === undefined ? {} : (JSON.parse(text.toString("utf8")) as FirstPasswords);
}

/** Keeps them, for root alone; the hub gets those of people on the list with the roster. */
export async function writeFirstPasswords(host: Host, hashes: FirstPasswords): Promise<void> {
  await keep(host, passwordsPath, JSON.stringify(hashes));
}

/** bcrypt's hash of the class code; undefined where there is none. */
export async function readClassCode(host: HostReader): Promise<string | undefined> {
  return (await host.read(codePath))?.toString("utf8").trim();
}

export async function writeClassCode(host: Host, hash: string): Promise<void> {
  await keep(host, codePath, hash);
}

async function keep(host: Host, path: string, text: string): Promise<void> {
  const root = { uid: 0, gid: 0 };
  await host.makeDirectory("/var/lib/homeroom", { mode: 0o755, ...root });
  await host.makeDirectory(folder, { mode: 0o700, ...root });
  await host.write(path, `${text}\n`, { mode: 0o600, ...root });
}
