#!/bin/sh
# What a team's files cost a commit: `portcullis hook pre-commit` in a repository with a configuration, 100 waivers, a
# baseline of 2,000 findings and two shared packs of 100 rules, against the same repository without, pair by pair.
# Needs git and python3.
#
#   benches/team.sh [--pairs N] [--program FILE]
set -eu
. "$(dirname -- "$0")/lib.sh"

pairs=40
options "pairs" "$@"
world

python3 - "$pairs" "$program" <<'END'
import os, statistics, subprocess, sys, time

pairs, program = int(sys.argv[1]), os.path.realpath(sys.argv[2])

def run(folder, *command):
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)

def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)

def rule(pack, number):
    name = f"{pack}{number}"
    return f"""[[rule]]
id = "{pack}-key-{number}"
title = "Key {number} of {pack}"
category = "secret"
severity = "high"
confidence = "high"
pattern = '''(?i){name}_(?:key|token)["'\\s:=]{{1,8}}(?<secret>{name}_[0-9a-f]{{32}})'''
message = "Whoever reads it can use it."
remediation = "Revoke it."
"""

def repository(folder):
    for file in range(40):
        calls = [f"def total_{call}(formula):\n    return eval(formula + names[{file}][{call}])\n" for call in range(50)]
        write(f"{folder}/src/part_{file}.py", "\n".join(calls))
    run(".", "git", "init", "-q", "--template=", folder)
    run(folder, "git", "add", ".")
    run(folder, "git", "commit", "-qm", "everything")

for pack in ("alpha", "beta"):
    write(f"{pack}/rules.toml", 'schema = 1\npack = "shared"\n' + "".join(rule(pack, number) for number in range(100)))
    run(".", "git", "init", "-q", "--template=", pack)
    run(pack, "git", "add", ".")
    run(pack, "git", "commit", "-qm", "rules")
for folder in ("bare", "team"):
    repository(folder)
write("team/.portcullis/config.toml", 'schema = 1\n[gate]\nseverity = "medium"\n' + "".join(
    f'[[exclude]]\npath = "third_party/part_{number}/**"\nreason = "reviewed"\n' for number in range(20)))
for pack in ("alpha", "beta"):
    run("team", program, "packs", "add", f"file://{os.getcwd()}/{pack}")
run("team", program, "baseline", "create")
write("team/.portcullis/waivers.toml", "schema = 1\n" + "".join(
    f'[[waiver]]\nrule = "python-eval"\npath = "tools/script_{number}.py"\nreason = "formulas are our own"\nowner = "team"\n'
    for number in range(100)))
run("team", "git", "add", ".portcullis")
run("team", "git", "commit", "-qm", "the team's files")
accepted = sum(1 for line in open("team/.portcullis/baseline.toml") if line.startswith("    "))
for folder in ("bare", "team"):
    for file in (3, 17, 31):
        with open(f"{folder}/src/part_{file}.py", "a") as out:
            out.write("\n\ndef more(count):\n" + "".join(f"    total_{line} = count * {line}\n" for line in range(16)))
    run(folder, "git", "add", "-u")

def milliseconds(folder):
    env = dict(os.environ, GIT_INDEX_FILE=".git/index", GIT_PREFIX="", GIT_EDITOR=":")
    start = time.perf_counter_ns()
    done = subprocess.run([program, "hook", "pre-commit"], cwd=folder, env=env, capture_output=True, stdin=subprocess.DEVNULL)
    taken = (time.perf_counter_ns() - start) / 1e6
    if done.returncode != 0:
        sys.exit(done.stdout.decode() + done.stderr.decode())
    return taken

for folder in ("bare", "team"):
    milliseconds(folder)
timed = [(milliseconds("bare"), milliseconds("team")) for _ in range(pairs)]
bare, team = (statistics.median(column) for column in zip(*timed))
more = statistics.median(team - bare for bare, team in timed)
print(f"{accepted} accepted findings, 100 waivers, 2 packs of 100 rules, {pairs} pairs (medians)")
print(f"without {bare:.2f} ms, with {team:.2f} ms, more {more:+.2f} ms")
END
