"""Times programs that take turns: argv by name as JSON on standard input, wall seconds by name on standard output.

{} in an argument becomes the number of the round. A first round warms up and does not count.
"""

import json
import subprocess
import sys
import time


def main():
    commands = json.load(sys.stdin)
    samples = {name: [] for name in commands}
    for turn in range(-1, int(sys.argv[1])):
        for name, argv in commands.items():
            filled = [word.replace("{}", str(turn + 1)) for word in argv]
            began = time.perf_counter()
            subprocess.run(filled, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if turn >= 0:
                samples[name].append(time.perf_counter() - began)
    json.dump(samples, sys.stdout)


main()
