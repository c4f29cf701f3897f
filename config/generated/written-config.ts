/* Made from config/schema.json by scripts/generate.ts; do not edit. */

/**
 * Text; a name that looks like a number is fine.
 */
export type Name = string

/**
 * The one file that describes your hub: who may log in, how much of the machine each person gets, and where the hub is found. Save it, run `homeroom apply`, and the hub follows.
 */
export interface WrittenConfig {
/**
 * The part of the address that comes after the host's name, for a hub that shares its host with other pages. `/` means that the hub is all there is.
 */
base_url?: string
/**
 * The hub's name, where each person's server is to have an address of its own below it: alice's is then at `alice.hub.school.example`, and browsers keep what one student wrote apart from everybody else's pages. The name and all below it (`*.hub.school.example` in the DNS) have to lead to this machine, and with HTTPS the certificate has to hold for both. Where a server in front of this one encrypts, write it with `https://`. Servers that run go over at their next start.
 */
subdomain_host?: string
/**
 * How people prove who they are. `type` chooses the way; a block named after an authenticator's class holds that authenticator's own settings, and only the block of the chosen one counts.
 */
auth?: {
/**
 * Which authenticator checks names and passwords: a short name (`firstuse`, `native`, `ldap`, `shared-password`, `dummy`, `github`, `google`, `generic-oauth` and so on) or the full name of a class in the hub's environment.
 */
type?: string
/**
 * How students get their first password: `own` (each sets one at the first login), `generated` (Homeroom makes them and writes a hand-out) or `code` (a class code is needed at the first login).
 */
first_password?: ("own" | "generated" | "code")
}
/**
 * Who may log in, and as what.
 */
users?: {
/**
 * People who may log in. With the default authenticator an empty list lets in everybody who signs up.
 */
allowed?: Name[]
/**
 * People who may not log in, whatever other lists say.
 */
banned?: Name[]
/**
 * Teachers: they may log in, install packages for everybody, use sudo in a terminal and look into other people's servers.
 */
admin?: Name[]
/**
 * Unix groups and the people in them. Groups that do not exist are made.
 */
extra_user_groups?: {
/**
 * The people in this group.
 */
[k: string]: Name[]
}
/**
 * For how many days the home of a removed person is kept before it is deleted.
 */
keep_homes?: number
}
/**
 * How much of the machine one person's server may use.
 */
limits?: {
/**
 * Memory that each person's server may use: bytes, a number with K, M, G or T (`1.5G`), or `auto`, which Homeroom computes from the machine so that a class fits and nobody can take it all. When it is used up, the program that took it ends, nothing else, and the person is told. `null` is no limit.
 */
memory?: number | "auto" | null
/**
 * Processor cores that each person's server may use; fractions are fine. Without a value everybody shares all cores fairly.
 */
cpu?: number | null
/**
 * Processes and threads that each person's server may have together; a program that makes more gets an error. `null` is no limit.
 */
tasks?: number | null
/**
 * Memory that is kept for the system, the hub and the proxy: all servers together never get it, and no new server starts while less than this is free. Without a value Homeroom computes it from the machine.
 */
reserve?: number
/**
 * Other limits for the people of a group. Where somebody is in several, the larger limit counts.
 */
groups?: {
/**
 * The limits of one group.
 */
[k: string]: {
/**
 * Memory for the server of each person in the group. Without it the limit for everybody holds; `null` is no limit.
 */
memory?: number | "auto" | null
/**
 * Processor cores for the server of each person in the group. `null` is no limit.
 */
cpu?: number | null
/**
 * Processes and threads for the server of each person in the group. `null` is no limit.
 */
tasks?: number | null
}
}
/**
 * Other limits for single people; they win over the limits of a group.
 */
users?: {
/**
 * The limits of one person.
 */
[k: string]: {
/**
 * Memory for the server of this person. Without it the limit for everybody holds; `null` is no limit.
 */
memory?: number | "auto" | null
/**
 * Processor cores for the server of this person. `null` is no limit.
 */
cpu?: number | null
/**
 * Processes and threads for the server of this person. `null` is no limit.
 */
tasks?: number | null
}
}
}
/**
 * Where the hub is found without encryption.
 */
http?: {
/**
 * The machine's address that the hub listens on. Empty means all of them; `127.0.0.1` only this machine.
 */
address?: string
/**
 * The port that the hub listens on.
 */
port?: number
}
/**
 * Who is told when the hub gets into trouble, and when it is well again. Looked at every minute; trouble is told once it has lasted for two looks. `homeroom alerts test` sends a test message.
 */
alerts?: {
/**
 * An address that gets a POST with JSON: `text` (what Slack and Mattermost show), `machine`, `healthy` and `problems`. It is kept as secret as a password.
 */
webhook?: string
/**
 * A command line that gets the message on its standard input; root runs it. With an e-mail program on the machine it sends mail.
 */
command?: string
}
/**
 * Figures for Prometheus, as a text file that node_exporter collects: `/var/lib/homeroom/metrics/homeroom.prom`.
 */
metrics?: {
/**
 * Write the file, every minute.
 */
enabled?: boolean
}
/**
 * Encryption. Switch it on with a certificate from Let's Encrypt or with your own.
 */
https?: {
/**
 * Serve the hub encrypted, and send plain requests there.
 */
enabled?: boolean
/**
 * The machine's address that the encrypted hub listens on. Empty means all of them.
 */
address?: string
/**
 * The port of the encrypted hub.
 */
port?: number
/**
 * Your own certificate.
 */
tls?: {
/**
 * Absolute path of the private key's file.
 */
key?: string
/**
 * Absolute path of the certificate's file, intermediate certificates included.
 */
cert?: string
}
/**
 * A certificate from Let's Encrypt, fetched and renewed by itself.
 */
letsencrypt?: {
/**
 * Where Let's Encrypt writes when something is wrong with the certificate.
 */
email?: string
/**
 * The names under which the hub is found. Each must lead to this machine.
 */
domains?: Name[]
/**
 * Ask Let's Encrypt's test service, whose certificates browsers do not trust. For trying only.
 */
staging?: boolean
/**
 * The address of another certificate authority that speaks ACME, instead of Let's Encrypt.
 */
server?: string
}
/**
 * Tell browsers to come encrypted only, for half a year. Switch it on when HTTPS has worked for a while: they do not forget it.
 */
hsts?: boolean
}
/**
 * What people see when they log in.
 */
user_environment?: {
/**
 * What opens after the login: JupyterLab (`jupyterlab`), the classic notebook (`notebook` or `classic`), or any page of the server by its path (`/lab/tree/start.ipynb`, `/tree/course`).
 */
default_app?: string
/**
 * Start servers with less memory by loading rarely used parts only when they are needed.
 */
lean?: boolean
/**
 * Offer the visual debugger in notebooks. It costs each kernel about 7 MB of memory.
 */
debugger?: boolean
}
/**
 * The Python environment that everybody shares.
 */
environment?: {
/**
 * What installs packages: `venv` (pip and uv) or `conda` (packages of conda's channels, with their own Python).
 */
manager?: ("venv" | "conda")
/**
 * Where conda's packages come from: names of channels or their addresses, the one to prefer first. Only where `environment.manager` is `conda`; what no channel has comes from the Python package index.
 */
channels?: Name[]
/**
 * Python packages for everybody, as one writes them in requirements.txt.
 */
packages?: Name[]
/**
 * Packages of the operating system for everybody. Taking a name out again leaves the package installed.
 */
apt?: Name[]
/**
 * Also install packages that exist only as source code. Their set-up programs then run on this machine, as an account that owns nothing but the environment.
 */
source_packages?: boolean
/**
 * A folder, archive or git address that describes the environment as mybinder.org understands it.
 */
from?: string
}
/**
 * Things for a whole class.
 */
classroom?: {
/**
 * A text for the whole class: it stands on the hub's pages, the login page too, and JupyterLab shows it within seconds to everybody who is at work. Plain text; a change interrupts nobody.
 */
notice?: string
/**
 * Absolute path of a folder whose files every new home begins with.
 */
skel?: string
}
/**
 * Programs beside the hub.
 */
services?: {
/**
 * Stops servers that nobody uses, so that their memory is free for others.
 */
cull?: {
/**
 * Stop idle servers.
 */
enabled?: boolean
/**
 * After how many seconds without activity a server is stopped.
 */
timeout?: number
/**
 * Every how many seconds to look for idle servers; 0 means half the timeout.
 */
every?: number
/**
 * How many servers to stop at the same time at most.
 */
concurrency?: number
/**
 * Also remove the idle people themselves from the hub's list, not only their servers.
 */
users?: boolean
/**
 * After how many seconds a server is stopped even though it is in use; 0 means never.
 */
max_age?: number
/**
 * Also remove a person's additional named servers from the hub when they are stopped.
 */
remove_named_servers?: boolean
/**
 * After how many seconds to end a kernel that is idle and has no browser; 0 means never.
 */
kernels?: number
}
/**
 * Was a web page for the config in old versions of TLJH. Nothing reads it.
 */
configurator?: {
[k: string]: unknown
}
}
/**
 * Newer releases of Homeroom.
 */
upgrade?: {
/**
 * Take releases that only mend (0.2.1 to 0.2.2) by itself, at night and while nobody's server runs. What it did stands in `homeroom status`.
 */
unattended?: boolean
/**
 * At which hour it looks, in the machine's time; as long as somebody works it waits, three hours at most.
 */
at?: number
}
/**
 * The interface of TLJH's proxy. Homeroom's proxy has none: nothing reads this.
 */
traefik_api?: {
/**
 * Nothing reads it.
 */
ip?: string
/**
 * Nothing reads it.
 */
port?: number
/**
 * Nothing reads it.
 */
username?: string
/**
 * Nothing reads it.
 */
password?: string
}
}
