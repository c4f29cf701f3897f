import { afterAll, beforeAll, expect, test } from "vitest";
import type { Machine } from "../../installer/sandbox/machine.ts";
import type { Kernel } from "../hub-client.ts";
import { installedMachine, shell } from "../installed-machine.ts";
import { atWork, letIn } from "../log-in.ts";
import { testImages } from "../machine.ts";

/** What classes do every day, as a student's command lines: the hardening of servers leaves it whole. */
const work: readonly { what: string; line: string }[] = [
  {
    what: "keeps work in git",
    line: "git init -q work && cd work && echo 1 > a && git add a && git -c user.name=a -c user.email=a@x commit -qm first && git log --oneline | grep -q first",
  },
  {
    what: "compiles and runs a program",
    line: `printf '#include <stdio.h>\\nint main(void) { puts("made"); return 7; }\\n' > a.c && gcc -g a.c -o a && ./a | grep -qx made`,
  },
  {
    what: "looks into their own program with a debugger",
    line: "gdb -batch -ex 'break main' -ex run -ex bt -ex continue ./a 2>&1 | grep -q 'exited with code 07'",
  },
  {
    what: "attaches a debugger to their own child",
    line: `python -c "
import subprocess
child = subprocess.Popen(['sleep', '60'])
said = subprocess.run(['gdb', '-batch', '-p', str(child.pid), '-ex', 'info inferiors'], capture_output=True, text=True).stdout
child.kill()
assert 'process %d' % child.pid in said, said"`,
  },
  {
    what: "computes in several processes, forked and spawned, and shares memory",
    line: `cat > many.py <<'END'
import multiprocessing, concurrent.futures
from multiprocessing import shared_memory
if __name__ == "__main__":
    for how in ("fork", "forkserver"):
        with multiprocessing.get_context(how).Pool(2) as pool:
            assert pool.map(abs, [-1, -2]) == [1, 2]
    block = shared_memory.SharedMemory(create=True, size=1 << 20)
    block.buf[0] = 7
    same = shared_memory.SharedMemory(block.name)
    assert same.buf[0] == 7
    same.close(); block.close(); block.unlink()
    with concurrent.futures.ThreadPoolExecutor(50) as threads:
        assert sum(threads.map(abs, range(-50, 0))) == 1275
END
python many.py`,
  },
  { what: "asks whether a machine answers", line: "ping -c 1 -W 5 127.0.0.1" },
  { what: "has a terminal", line: `python -c "import pty; assert pty.spawn(['tty']) == 0"` },
  {
    what: "serves a page to themselves",
    line: `python -c "
import http.server, threading, urllib.request
served = http.server.HTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)
threading.Thread(target=served.serve_forever, daemon=True).start()
assert urllib.request.urlopen('http://127.0.0.1:%d/' % served.server_port).status == 200"`,
  },
  {
    what: "has a database",
    line: `python -c "import sqlite3; sqlite3.connect('a.db').execute('create table t (x)')"`,
  },
  {
    what: "makes an environment of their own and installs into it",
    line: "python -m venv own && own/bin/pip install --quiet matplotlib && MPLBACKEND=agg own/bin/python -c 'import matplotlib.pyplot as p; p.plot([1, 2]); p.savefig(\"a.png\")' && test -s a.png",
  },
];

const image = testImages[0] ?? "bookworm";
let machine: Machine;
let kernel: Kernel;
beforeAll(async () => {
  machine = await installedMachine(image, { purpose: "teaching" });
  // A container's kernel settings are read-only until somebody says otherwise; a machine's are not.
  await shell(machine, "mount -o remount,bind,rw /proc/sys && systemctl restart homeroom-hub");
  await shell(machine, "homeroom config add environment.apt gcc libc6-dev gdb iputils-ping python3-venv");
  await letIn(machine, "alice");
  kernel = await (await atWork(machine, "alice")).kernel("alice");
});
afterAll(async () => {
  await kernel?.[Symbol.asyncDispose]();
  await machine?.down();
});

test.each(work)("a student $what", async ({ line }) => {
  const code = `import subprocess; done = subprocess.run(["bash", "-c", ${JSON.stringify(line)}], capture_output=True, text=True, timeout=280); print(done.returncode, (done.stdout + done.stderr)[-500:])`;
  expect(await kernel.run(code, 290_000)).toMatch(/^0\b/);
});

test("a student drags a widget and computes with what it says", async () => {
  const code =
    "import ipywidgets; slider = ipywidgets.IntSlider(3, 0, 9); slider.value += 2; print(slider.value, len(slider.comm.comm_id))";
  expect(await kernel.run(code)).toBe("5 32");
});
