#!/bin/sh
# What manifests cost: `portcullis deps check --all` in a repository with 500 of them, and `portcullis hook pre-commit`
# of a commit that touches a manifest, against one that touches a text file of the same size, pair by pair.
# Needs git and python3.
#
#   benches/deps.sh [--pairs N] [--program FILE]
set -eu
. "$(dirname -- "$0")/lib.sh"

pairs=40
options "pairs" "$@"
world

python3 - "$pairs" "$program" <<'END'
import json, os, statistics, subprocess, sys, time

pairs, program = int(sys.argv[1]), sys.argv[2]

def run(*command):
    subprocess.run(command, cwd="repo", check=True, stdout=subprocess.DEVNULL)

def write(path, text):
    path = f"repo/{path}"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)

names = [f"package-{letter}{number}" for letter in "abcdefgh" for number in range(40)]

def twenty(seed):
    return [names[(seed * 7 + step * 11) % len(names)] for step in range(20)]

kinds = {
    "package.json": lambda some: json.dumps({"name": "x", "dependencies": dict.fromkeys(some, "^1.2.3")}, indent=2),
    "Cargo.toml": lambda some: "[package]\nname = 'x'\n[dependencies]\n" + "".join(f"{one} = '1.2'\n" for one in some),
    "requirements.txt": lambda some: "".join(f"{one}==1.2.3\n" for one in some),
    "go.mod": lambda some: "module x\nrequire (\n" + "".join(f"\texample.org/m/{one} v1.2.3\n" for one in some) + ")\n",
    "pom.xml": lambda some: "<project><dependencies>\n" + "".join(
        f"<dependency><groupId>org.x</groupId><artifactId>{one}</artifactId><version>1</version></dependency>\n"
        for one in some) + "</dependencies></project>\n",
}
os.mkdir("repo")
run("git", "init", "-q", "--template=", ".")
for number in range(500):
    kind = list(kinds)[number % len(kinds)]
    write(f"services/part-{number}/{kind}", kinds[kind](twenty(number)))
    write(f"services/part-{number}/notes.txt", kinds[kind](twenty(number)))
run(program, "deps", "baseline")
run("git", "add", ".")
run("git", "commit", "-qm", "everything")

def milliseconds(*command):
    env = dict(os.environ, GIT_INDEX_FILE=".git/index", GIT_PREFIX="", GIT_EDITOR=":")
    start = time.perf_counter_ns()
    done = subprocess.run(command, cwd="repo", env=env, capture_output=True, stdin=subprocess.DEVNULL)
    taken = (time.perf_counter_ns() - start) / 1e6
    if done.returncode != 0:
        sys.exit(done.stdout.decode() + done.stderr.decode())
    return taken

def commit_of(file, kind):
    write(f"services/part-0/{file}", kinds[kind](twenty(0)[:-1]))
    run("git", "add", "-u")
    taken = milliseconds(program, "hook", "pre-commit")
    run("git", "reset", "-q", "--hard")
    return taken

check = [milliseconds(program, "deps", "check", "--all") for _ in range(max(pairs // 4, 3))]
timed = [(commit_of("notes.txt", "package.json"), commit_of("package.json", "package.json")) for _ in range(pairs)]
text, manifest = (statistics.median(column) for column in zip(*timed))
more = statistics.median(manifest - text for text, manifest in timed)
print(f"500 manifests of 20 dependencies: deps check --all takes {statistics.median(check):.0f} ms")
print(f"a commit of a text {text:.2f} ms, of a manifest {manifest:.2f} ms, more {more:+.2f} ms ({pairs} pairs, medians)")
END
