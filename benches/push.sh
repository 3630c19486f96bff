#!/bin/sh
# How much a push waits for us: `portcullis hook pre-push` against `git log -p -U0` over the same commits, pair by pair,
# in a generated repository. Needs git and python3.
#
#   benches/push.sh [--commits N] [--touched N] [--files N] [--pairs N] [--program FILE]
set -eu
. "$(dirname -- "$0")/lib.sh"

commits=400 touched=3 files=2000 pairs=10
options "commits touched files pairs" "$@"
world

python3 - "$commits" "$touched" "$files" "$pairs" "$program" <<'END'
import os, random, shutil, statistics, subprocess, sys, time
from sources import line, lines, path_of, kind_of

commits, touched, files, pairs = map(int, sys.argv[1:5])
program = os.path.realpath(sys.argv[5])

def stream():
    texts = [lines(kind_of(number)) for number in range(files)]
    for commit in range(commits + 1):
        subject = f"commit {commit}"
        yield f"commit refs/heads/main\ncommitter B <b@example.com> {1700000000 + commit} +0000\ndata {len(subject)}\n{subject}\n"
        for number in range(files) if commit == 0 else random.sample(range(files), touched):
            if commit > 0:
                text, at = texts[number], random.randrange(len(texts[number]))
                text[at:at + 2] = [line(kind_of(number)) for _ in range(4)]
            data = "\n".join(texts[number]) + "\n"
            yield f"M 100644 inline {path_of(number)}\ndata {len(data)}\n{data}\n"

def git(*args, **options):
    return subprocess.run(["git", *args], check=True, capture_output=True, text=True, **options).stdout.strip()

git("init", "-q", "--template=", "-b", "main", ".")
git("fast-import", "--quiet", input="".join(stream()))
git("gc", "-q")
git("read-tree", "main")
base, tip = git("rev-parse", f"main~{commits}"), git("rev-parse", "main")
with open("stdin", "w") as out:
    out.write(f"refs/heads/main {tip} refs/heads/main {base}\n")

def milliseconds(command):
    with open("stdin") as stdin, open("output", "w") as output:
        start = time.perf_counter_ns()
        done = subprocess.run(command, stdin=stdin, stdout=output, stderr=output)
        taken = (time.perf_counter_ns() - start) / 1e6
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed ({done.returncode}): {open('output').read()[-2000:]}")
    return taken

def forget():
    shutil.rmtree(".git/portcullis", ignore_errors=True)

def compare(name, before):
    base_command = ["git", "log", "-p", "-U0", f"{base}..{tip}"]
    hook = [program, "hook", "pre-push", "origin", "https://git.example.com/x"]
    milliseconds(base_command), milliseconds(hook)
    timed = []
    for _ in range(pairs):
        before()
        timed.append((milliseconds(base_command), milliseconds(hook)))
    bases, ours = [pair[0] for pair in timed], [pair[1] for pair in timed]
    ratio = statistics.median(our / base for base, our in timed)
    print(f"{name:<24}{statistics.median(bases):>12.1f} ms{statistics.median(ours):>10.1f} ms{ratio:>9.2f}")

print(f"{commits} commits that touch {touched} of {files} files each, {pairs} pairs\n")
print(f"{'':<24}{'git log -p -U0':>15}{'hook':>13}{'ratio':>9}   (medians)")
compare("first push", forget)
compare("again, remembered", lambda: None)
END
