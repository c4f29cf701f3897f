/** What somebody in the class does to the machine, each a cell of their notebook. */
export const bombs = {
  /** Allocates until it is ended. */
  memory: "eaten = bytearray(b'x') * (2 << 30)",

  /** The same, typed into a terminal; the shell says how it ended. */
  memoryInTerminal: `python3 -c "bytearray(b'x') * (2 << 30)"; echo eater-ended-with-$?`,

  /** Processes that make processes, each as fast as it can, and again where there is no room for one. */
  fork: `
import subprocess
bomb = subprocess.Popen(["python3", "-S", "-c", """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""])`,

  /** Thirty programs that compute for ever. */
  processors: `
import subprocess
busy = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(30)]`,

  /** Everything that the disk has: half of it in /tmp, the rest at home; prints how many bytes. */
  disk: `
import os
def take(path, most):
    taken, step = 0, 1 << 30
    with open(path, "wb") as file:
        while step >= 4096 and taken < most:
            try:
                os.posix_fallocate(file.fileno(), taken, step)
                taken += step
            except OSError:
                step //= 2
    return taken
there = os.statvfs("/tmp")
taken = take("/tmp/full", there.f_bavail * there.f_frsize // 2)
taken += take(os.path.expanduser("~/full"), 1 << 50)
taken`,

  noMoreDisk: "os.remove('/tmp/full'); os.remove(os.path.expanduser('~/full'))",

  /** Fills the file system in memory that the machine's own services work in. */
  run: `
import subprocess
subprocess.run(["dd", "if=/dev/zero", "of=/run/homeroom-servers/mallory/full", "bs=1M"], capture_output=True).returncode`,

  /** A hundred thousand lines for the system's journal, and some that are long; prints how many were sent. */
  journal: `
import socket
line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
line.connect("/dev/log")
for number in range(100_000):
    line.send(b"<13>flood: %d" % number + b"x" * (20_000 if number % 100 == 0 else 100))
number`,

  /** As many open files, inotify watches, sockets, terminals and threads as there are to be had, and holds them. */
  everything: `
import ctypes, json, os, resource, socket, threading
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
held, had = [], {}
def take(what, one, at_most):
    count = 0
    try:
        while count < at_most:
            held.append(one())
            count += 1
    except (OSError, RuntimeError, MemoryError):
        pass
    had[what] = count
libc = ctypes.CDLL(None, use_errno=True)
def inotify():
    number = libc.inotify_init()
    if number < 0:
        raise OSError
    libc.inotify_add_watch(number, b"/etc", 2)
    return number
def port():
    there = socket.socket()
    there.bind(("0.0.0.0", 0))
    return there
def thread():
    running = threading.Thread(target=threading.Event().wait, daemon=True)
    running.start()
    return running
take("inotify", inotify, 10_000)
take("terminals", os.openpty, 10_000)
take("sockets", socket.socketpair, 10_000)
take("ports", port, 10_000)
take("files", lambda: os.open("/etc/passwd", os.O_RDONLY), 50_000)
take("threads", thread, 10_000)
json.dumps(had)`,
} as const;
