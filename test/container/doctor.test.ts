import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import { selfSigned } from "../certificates.ts";
import { installedMachine, shell } from "../installed-machine.ts";
import { testImages } from "../machine.ts";

interface Break {
  /** The check that has to name it. */
  check: string;
  /** Breaks exactly that, in the machine's shell. */
  how: string;
  /** What the finding has to say. */
  says: RegExp;
  /** Mends it by hand; where nothing is said, `doctor --fix` does. */
  mend?: string;
}

const journal = "$(ls -d /var/lib/homeroom/journal/*.jsonl | tail -n 1)";
const environment = "$(readlink /opt/homeroom/environment)";
const site = `$(echo ${environment}/lib/python3*/site-packages)`;
const keepConfig = "cp -p /etc/homeroom/config.yaml /root/config.yaml";
const backConfig = "cp -p /root/config.yaml /etc/homeroom/config.yaml";

/** Valid, but not for long. */
const brief = selfSigned("hub.school.example", { days: 10 });

const breaks: Break[] = [
  { check: "temporary-folder", how: "chmod 0755 /tmp", says: /\/tmp has the rights 0755/ },
  { check: "open-folders", how: "chmod o+w /opt", says: /may write into \/opt / },
  {
    check: "package-state",
    how: "sed -i '/^Package: git$/,/^$/s/^Status: .*/Status: install ok half-configured/' /var/lib/dpkg/status",
    says: /git/,
  },
  {
    check: "packages-present",
    how: "dpkg --purge --force-depends git",
    says: /package git is not installed/,
  },
  {
    check: "units-masked",
    how: "ln -sfn /dev/null /etc/systemd/system/homeroom-culler.service; systemctl daemon-reload",
    says: /homeroom-culler\.service is masked/,
  },
  {
    check: "users-memory",
    how: "systemctl set-property homeroom-users.slice MemoryMax=infinity",
    says: /limit of all servers together is gone/,
  },
  {
    check: "units-reloaded",
    how: "touch /etc/systemd/system/homeroom-hub.service",
    says: /has not read .*homeroom-hub\.service/,
  },
  {
    check: "secrets-closed",
    how: "chmod 0644 /var/lib/homeroom/secrets/proxy-token",
    says: /proxy-token can be read by others/,
  },
  {
    check: "hub-environment",
    how: "mv /opt/homeroom/hub/*/lib/python3*/site-packages/jupyterhub /root/",
    says: /No module named 'jupyterhub'/,
  },
  {
    check: "config-valid",
    how: `${keepConfig}; echo 'limts: {}' >> /etc/homeroom/config.yaml`,
    says: /limts/,
    mend: backConfig,
  },
  {
    check: "config-pending",
    how: "homeroom config set --no-apply limits.memory=700M",
    says: /differs from what is live/,
  },
  { check: "interrupted-task", how: `sed -i '$d' ${journal}`, says: /was interrupted/ },
  {
    check: "failed-task",
    how: `sed -i '$s/"state":"completed"/"state":"undone","error":"the hub did not start"/' ${journal}`,
    says: /was taken back: the hub did not start/,
    mend: `sed -i '$s/"state":"undone","error":"the hub did not start"/"state":"completed"/' ${journal}`,
  },
  {
    check: "drift",
    how: "echo '# by hand' >> /etc/systemd/system/homeroom-hub.service",
    says: /homeroom-hub\.service was changed by hand/,
    mend: "homeroom apply --take",
  },
  { check: "files-present", how: "rm /etc/tmpfiles.d/homeroom.conf", says: /homeroom\.conf is missing/ },
  {
    check: "secrets-present",
    how: "rm /var/lib/homeroom/secrets/culler-token",
    says: /culler-token is missing/,
  },
  {
    check: "accounts-present",
    how: "usermod --expiredate 1 jupyter-teacher",
    says: /jupyter-teacher is missing or closed/,
  },
  { check: "sudo-right", how: "rm /etc/sudoers.d/homeroom-admins", says: /lets admins use sudo is missing/ },
  {
    check: "environments-built",
    how: "rm /opt/homeroom/hub/*/bin/python",
    says: /\/opt\/homeroom\/hub\/.* is not whole/,
  },
  { check: "environment-link", how: "rm /opt/homeroom/environment", says: /leads to no Python/ },
  {
    check: "environment-closed",
    how: `chmod o+w ${environment}/pyvenv.cfg`,
    says: /Everybody may write 1 files .*pyvenv\.cfg/,
  },
  {
    check: "environment-imports",
    how: `mv ${site}/jupyter_server ${environment}/away`,
    says: /jupyter_server cannot be imported/,
    mend: `mv ${environment}/away ${site}/jupyter_server`,
  },
  {
    check: "lean-start",
    how: `sed -i 's/"reason": null/"reason": "the check failed: x"/' ${environment}/share/homeroom/lean.json`,
    says: /start the stock way, .*: the check failed: x\./,
  },
  {
    check: "environment-conflicts",
    how: `cp -p ${site}/notebook-*.dist-info/METADATA /root/; sed -i '/^Name:/a Requires-Dist: jupyterlab<1' ${site}/notebook-*.dist-info/METADATA`,
    says: /notebook.*jupyterlab/,
    mend: `cp -p /root/METADATA ${site}/notebook-*.dist-info/METADATA`,
  },
  {
    check: "release-whole",
    how: "cp -p /opt/homeroom/current/templates/hub/culler.py /root/; echo '#' >> /opt/homeroom/current/templates/hub/culler.py",
    says: /culler\.py is missing or changed/,
    mend: "cp -p /root/culler.py /opt/homeroom/current/templates/hub/",
  },
  {
    check: "generation-whole",
    how: "rm /var/lib/homeroom/blobs/$(sha256sum < /etc/tmpfiles.d/homeroom.conf | cut -d' ' -f1)",
    says: /kept copy of \/etc\/tmpfiles\.d\/homeroom\.conf is missing/,
  },
  {
    check: "units-active",
    how: "systemctl stop homeroom-culler",
    says: /homeroom-culler\.service does not run/,
  },
  {
    check: "units-failed",
    how: "systemd-run --quiet --wait --unit=homeroom-test false || true",
    says: /homeroom-test\.service failed: its program ended with an error/,
  },
  {
    check: "services-current",
    how: `d=/run/systemd/system/homeroom-culler.service.d; mkdir -p $d; printf '[Service]\\nEnvironment=HOMEROOM_INPUTS=other\\n' > $d/99-other.conf; systemctl daemon-reload; systemctl restart homeroom-culler; rm -r $d; systemctl daemon-reload`,
    says: /homeroom-culler\.service does not run with the files/,
  },
  {
    check: "restart-loops",
    how: "for i in 1 2 3; do systemctl kill -s KILL homeroom-culler; sleep 1; until systemctl is-active --quiet homeroom-culler; do sleep 0.2; done; done",
    says: /homeroom-culler\.service ended by itself and was started again \d+ times/,
    mend: "systemctl restart homeroom-culler",
  },
  {
    check: "unit-drop-ins",
    how: "d=/etc/systemd/system/homeroom-hub.service.d; printf '[Service]\\nUMask=0000\\n' > $d/99-mine.conf; systemctl daemon-reload",
    says: /99-mine\.conf changes what Homeroom sets for homeroom-hub\.service: UMask/,
    mend: "rm /etc/systemd/system/homeroom-hub.service.d/99-mine.conf; systemctl daemon-reload",
  },
  {
    check: "front-door-port",
    how: "systemctl stop homeroom-proxy.socket homeroom-proxy@a; systemd-run --quiet --unit=other python3 -m http.server 80; sleep 2",
    says: /Port 80 is held by python3/,
    mend: "systemctl stop other; systemctl start homeroom-proxy.socket homeroom-proxy@a",
  },
  {
    check: "front-door-address",
    how: `${keepConfig}; homeroom config set --no-apply http.address=192.0.2.7`,
    says: /192\.0\.2\.7, which no network card/,
    mend: backConfig,
  },
  {
    check: "front-door",
    how: "systemctl stop homeroom-hub.socket homeroom-hub",
    says: /hub answers its health check with 503/,
  },
  {
    check: "tcp-listeners",
    how: "systemd-run --quiet --unit=other -p User=homeroom-hub python3 -m http.server 8099; sleep 2",
    says: /homeroom-hub listens on port 8099/,
    mend: "systemctl stop other",
  },
  {
    check: "admins-group",
    how: "gpasswd --add nobody homeroom-admins",
    says: /nobody is in the group homeroom-admins/,
  },
  {
    check: "admin-passwords",
    how: "mv /var/lib/homeroom/secrets/first-passwords.json /root/",
    says: /admin teacher was never given a password/,
    mend: "mv /root/first-passwords.json /var/lib/homeroom/secrets/",
  },
  { check: "homes", how: "chmod 0755 /home/jupyter-teacher", says: /jupyter-teacher is open to others/ },
  {
    check: "account-numbers",
    how: "useradd --non-unique --uid $(id -u jupyter-teacher) jupyter-twin",
    says: /jupyter-teacher has the same number/,
    mend: "userdel jupyter-twin",
  },
  {
    check: "sudo-works",
    how: "echo nonsense > /etc/sudoers.d/zz",
    says: /sudo refuses its configuration: .*\/etc\/sudoers\.d\/zz/,
    mend: "rm /etc/sudoers.d/zz",
  },
  {
    check: "disk-space",
    how: "mount -t tmpfs -o size=20M,mode=1777 tmpfs /tmp; cd /tmp; mkdir systemd-private-0a-homeroom-user@alice.service-x; dd if=/dev/zero of=$(echo systemd-private-*)/full bs=1M status=none || true",
    says: /\/tmp has 0\.0 GB free of 0 GB\. The most of it has alice \(0\.02 GB in \/tmp\/systemd-private-0a/,
    mend: "umount /tmp",
  },
  {
    check: "inodes",
    how: "mount -t tmpfs -o nr_inodes=20,mode=1777 tmpfs /tmp; touch /tmp/{1..19} || true",
    says: /\/tmp has room for few more files/,
    mend: "umount /tmp",
  },
  {
    check: "clock",
    how: 'm=/var/lib/homeroom/generations/$(readlink /var/lib/homeroom/generations/current)/manifest.json; cp -p $m /root/; sed -i \'s/"created":"20/"created":"29/\' $m',
    says: /before Homeroom was installed/,
    mend: "cp -p /root/manifest.json /var/lib/homeroom/generations/$(readlink /var/lib/homeroom/generations/current)/",
  },
  {
    check: "certificate-days",
    how: `mkdir /root/tls; echo '${brief.key}' > /root/tls/key.pem; echo '${brief.cert}' > /root/tls/cert.pem; homeroom config set https.enabled=true https.tls.key=/root/tls/key.pem https.tls.cert=/root/tls/cert.pem`,
    says: /certificate of the front door expires on .*, in 9 days/,
    mend: "homeroom config unset https; rm -r /root/tls",
  },
  {
    check: "names",
    how: "cp /etc/resolv.conf /root/; echo > /etc/resolv.conf",
    says: /no name server/,
    mend: "cat /root/resolv.conf > /etc/resolv.conf",
  },
  {
    check: "pending-reboot",
    how: "echo linux-image > /run/reboot-required.pkgs; touch /run/reboot-required",
    says: /wait for a reboot of the machine \(linux-image\)/,
    mend: "rm /run/reboot-required*",
  },
  {
    check: "other-units",
    how: "systemd-run --quiet --wait --unit=broken false || true",
    says: /broken\.service of the machine failed/,
    mend: "systemctl reset-failed broken",
  },
  {
    check: "supported-system",
    how: "cp /usr/lib/os-release /root/; sed -i 's/^VERSION_ID=.*/VERSION_ID=\"11\"/' /usr/lib/os-release",
    says: /made for Debian 12 or newer/,
    mend: "cat /root/os-release > /usr/lib/os-release",
  },
  {
    check: "journal-errors",
    how: "systemd-run --quiet --wait --unit=homeroom-says echo '<3>sqlite3.OperationalError: database is locked'; journalctl --sync",
    says: /hub's database was locked/,
    mend: "journalctl --rotate --quiet; journalctl --vacuum-time=1s --quiet",
  },
];

interface Problem {
  check: string;
  severity: string;
  message: string;
  remedy: string;
}

describe("a doctor", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await installedMachine(testImages[0] ?? "bookworm", { purpose: "doctor" });
  });
  afterAll(async () => {
    await machine?.down();
  });

  async function examined(...words: string[]): Promise<{ problems: Problem[]; repaired: string[] }> {
    const { stdout } = await machine.exec(["homeroom", "doctor", "--json", ...words], { okCodes: [0, 2] });
    return JSON.parse(stdout) as { problems: Problem[]; repaired: string[] };
  }

  test("finds nothing on a fresh machine but what a container cannot have", async () => {
    const { problems } = await examined();
    const ofContainers = new Set(["limits-enforced", "clock", "memory", "pressure"]);
    expect(problems.filter(({ check }) => !ofContainers.has(check))).toEqual([]);
  });

  async function said(check: string): Promise<string> {
    const { problems } = await examined(check);
    return problems.map((problem) => `${problem.check}: ${problem.message}`).join("\n");
  }

  test.each(breaks.filter(({ mend }) => mend === undefined))("names and repairs $check", async (broke) => {
    await shell(machine, broke.how);
    expect(await said(broke.check)).toMatch(broke.says);
    expect(await examined("--fix", broke.check)).toMatchObject({ problems: [], repaired: [broke.check] });
    expect(await said(broke.check)).toBe("");
  });

  test.each(breaks.filter(({ mend }) => mend !== undefined))("names $check", async (broke) => {
    await shell(machine, broke.how);
    expect(await said(broke.check)).toMatch(broke.says);
    await shell(machine, broke.mend ?? "");
    expect(await said(broke.check)).not.toMatch(broke.says);
  });

  test("leaves a machine that is what it was, and healthy", async () => {
    await shell(machine, "homeroom apply --take");
    expect(await shell(machine, "homeroom status")).toContain("healthy");
    expect(await shell(machine, "homeroom plan")).toContain("Nothing to do");
  });

  test("says in words what to type, and ends with 2 where something is wrong", async () => {
    await shell(machine, "systemctl stop homeroom-culler");
    const words = await shell(machine, "homeroom doctor units-active", [2]);
    expect(words).toContain("error units-active: homeroom-culler.service does not run.");
    expect(words).toContain("sudo systemctl start homeroom-culler.service");
    expect(words).toContain("homeroom doctor --fix");
    expect(await shell(machine, "homeroom doctor --fix units-active")).toContain("repaired units-active");
    expect(await shell(machine, "homeroom doctor no-such-check", [64])).toContain("there is no check");
  });
});
