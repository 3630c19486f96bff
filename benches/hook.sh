#!/bin/sh
# How much a commit waits for us: `portcullis hook pre-commit` against `git diff --cached`, pair by pair, in a
# generated repository. Needs git and python3.
#
#   benches/hook.sh [--files N] [--pairs N] [--program FILE] [--keep DIR]
set -eu
. "$(dirname -- "$0")/lib.sh"

files=5000 pairs=20 keep=''
options "files pairs keep" "$@"
world "$keep"

python3 - "$files" "$pairs" "$program" <<'END'
import os, statistics, subprocess, sys, time
from sources import line, lines, path_of, kind_of

files, pairs, program = int(sys.argv[1]), int(sys.argv[2]), os.path.realpath(sys.argv[3])

def text(lines):
    return "".join(line + "\n" for line in lines)

def generate():
    paths = []
    for number in range(files):
        paths.append(path_of(number))
        os.makedirs(os.path.dirname(paths[-1]), exist_ok=True)
        with open(paths[-1], "w") as out:
            out.write(text(lines(kind_of(number))))
    git("init", "-q", "--template=", ".")
    git("config", "gc.auto", "0")
    git("add", ".")
    git("commit", "-q", "--no-verify", "-m", "everything")
    git("gc", "-q")
    for path, more in zip((paths[0], paths[files // 2], paths[-1]), (25, 15, 10)):
        with open(path, "a") as out:
            out.write(text(line(path.rsplit(".", 1)[1]) for _ in range(more)))
    git("add", "-u")

def git(*args):
    subprocess.run(["git", *args], check=True)

QUIET = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
         (os.POSIX_SPAWN_OPEN, 2, "stderr.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)]
ENV = dict(os.environ, GIT_INDEX_FILE=".git/index", GIT_PREFIX="", GIT_EDITOR=":")

def milliseconds(command):
    start = time.perf_counter_ns()
    pid = os.posix_spawnp(command[0], command, ENV, file_actions=QUIET)
    _, status, _ = os.wait4(pid, 0)
    taken = (time.perf_counter_ns() - start) / 1e6
    if status != 0:
        sys.exit(f"{command[0]} failed ({os.waitstatus_to_exitcode(status)}): {open('stderr.txt').read()}")
    return taken

def compare(name, command):
    base = ["git", "diff", "--cached", "-U0"]
    for _ in range(3):
        milliseconds(base), milliseconds(command)
    timed = [(milliseconds(base), milliseconds(command)) for _ in range(pairs)]
    bases, ours = [pair[0] for pair in timed], [pair[1] for pair in timed]
    ratio = statistics.median(our / base for base, our in timed)
    print(f"{name:<24}{statistics.median(bases):>10.2f} ms{statistics.median(ours):>10.2f} ms"
          f"{statistics.median(ours) - statistics.median(bases):>+10.2f} ms{ratio:>9.2f}")

def peak_memory(command):
    """Peak resident memory in MiB. Not from wait4: a child counts what its python parent held when it was started."""
    if not os.path.exists("/usr/bin/time"):
        return "unknown (/usr/bin/time is missing)"
    timed = subprocess.run(["/usr/bin/time", "-f", "%M", *command], env=ENV, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    return f"{int(timed.stderr.split()[-1]) / 1024:.1f} MiB"

if not os.path.isdir(".git"):
    generate()
subprocess.run([program, "install"], check=True, stdout=subprocess.DEVNULL)
direct, shim = [program, "hook", "pre-commit"], [".git/hooks/pre-commit"]
print(f"{files} files, 3 staged with 50 new lines, {pairs} pairs\n")
print(f"{'':<24}{'git diff':>13}{'hook':>13}{'more':>13}{'ratio':>9}   (medians)")
compare("hook pre-commit", direct)
compare("... through its shim", shim)
print(f"\npeak memory: git diff {peak_memory(['git', 'diff', '--cached', '-U0'])}, hook {peak_memory(direct)}")
END
