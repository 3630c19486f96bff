#!/bin/sh
# What a scan of a whole history costs: `portcullis scan history` against git, pair by pair and in one run, in a repository
# that is there already (benches/releases.py makes one). Needs git, python3 and GNU time; benches/growth.py draws how the time
# grows.
#
#   benches/history.sh --repository DIR [--pairs N] [--program FILE]
set -eu
. "$(dirname -- "$0")/lib.sh"

pairs=5 repository=
options "pairs repository" "$@"
[ -d "$repository" ] || { echo "--repository: which?" >&2; exit 2; }
cd "$repository"
alone

python3 - "$pairs" "$program" <<'END'
import json, os, statistics, subprocess, sys, tempfile

pairs, program = int(sys.argv[1]), sys.argv[2]
CAT = ["git", "cat-file", "--batch-all-objects", "--batch", "--unordered", "--buffer"]
LOG = ["git", "log", "-p", "-U0", "--all"]
RAW = ["git", "log", "--all", "--raw", "--no-renames", "-m"]
AGAIN = [program, "scan", "history", "--format", "json"]
SCAN = AGAIN + ["--no-cache"]

def run(command):
    """Seconds, and the most memory in MB."""
    timed = ["/usr/bin/time", "-f", "%e %M", "-q"] + command
    with open(os.devnull, "w") as nothing:
        done = subprocess.run(timed, stdout=nothing, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    seconds, kilobytes = done.stderr.split("\n")[-2].split()
    return float(seconds), int(kilobytes) / 1024

def output(command):
    return subprocess.run(command, stdout=subprocess.PIPE).stdout

def compare(name, one, other, times):
    """Each pair in one breath, so that what else the machine does is in both."""
    found = [(run(one), run(other)) for _ in range(times)]
    ours, theirs = ([pair[side] for pair in found] for side in (0, 1))
    ratio = statistics.median(mine[0] / max(its[0], 0.01) for mine, its in found)
    middle = lambda runs: statistics.median(seconds for seconds, _ in runs)
    print(f"{name:32} {middle(ours):8.2f} s {middle(theirs):8.2f} s   {ratio:.3f}   {max(m for _, m in ours):.0f} MB", flush=True)

packs = sum(os.path.getsize(f"{top}/{file}") for top, _, files in os.walk(subprocess.check_output(
    ["git", "rev-parse", "--git-path", "objects/pack"], text=True).strip()) for file in files) / 1e6
sizes = subprocess.run(CAT[:3] + ["--batch-check=%(objecttype) %(objectsize)"], stdout=subprocess.PIPE, text=True).stdout
blobs = [int(line.split()[1]) for line in sizes.splitlines() if line.startswith("blob ")]
print(f"{len(blobs)} blobs, {sum(blobs) / 1e6:.0f} MB inflated, packs of {packs:.0f} MB")
same = output(SCAN) == output(SCAN + ["--full"])
print(f"with and without --full the report is {'the same' if same else 'NOT the same'}")
print(f"{'':32} {'ours':>10} {'theirs':>10}   ratio   memory")
compare("scan history | cat-file", SCAN, CAT, pairs)
compare("scan history | log -p -U0", SCAN, LOG, max(1, pairs // 3))
compare("scan history | log --raw -m", SCAN, RAW, max(1, pairs // 3))
compare("scan history | --full", SCAN, SCAN + ["--full"], max(1, pairs // 3))
# With what was found the last time: those contents are looked at again.
again = output(AGAIN)
print(f"remembered, the report is {'the same' if output(AGAIN) == again == output(SCAN) else 'NOT the same'}")
compare("the same again | log --raw -m", AGAIN, RAW, max(1, pairs // 3))

RULE = """schema = 1
pack = "bench"
[[rule]]
id = "bench"
title = "Bench"
category = "secret"
severity = "high"
confidence = "high"
message = "Bench."
remediation = "Bench."
pattern = '%s'
[rule.examples]
hit = ["%s"]
miss = ["%s"]
"""
NEVER = RULE % ("NeverEverHere(?<secret>[0-9]{8})", "NeverEverHere12345678", "NeverEver")
OFTEN = RULE % ("TODO:? (?<secret>[a-z0-9.]{3,20})", "TODO: something", "TO DO")

def ready(folder, rule):
    """A repository whose objects are this one's, and in which one rule looks; everything is remembered."""
    subprocess.run(["git", "clone", "-q", "--shared", "--no-checkout", ".", folder], check=True)
    os.makedirs(f"{folder}/.portcullis/rules")
    for file, text in (("config.toml", 'schema = 1\npacks = ["policy"]\n'), ("rules/bench.toml", rule)):
        with open(f"{folder}/.portcullis/{file}", "w") as out:
            out.write(text)
    subprocess.run(["git", "-C", folder, "add", "--force", ".portcullis"], check=True)
    run(["git", "-C", folder, "status", "--short"])
    return ["env", "-C", folder] + AGAIN

with tempfile.TemporaryDirectory() as never, tempfile.TemporaryDirectory() as often:
    never, often = ready(never, NEVER), ready(often, OFTEN)
    run(never), run(often)
    # The rule finds nothing and everything is remembered: what is left is all of the program from its start to its report,
    # with the list of commits, folders and paths, which is all that attribution needs and a scan has anyway.
    compare("who, when, where | log --raw -m", never, RAW, pairs)
    # What findings add to that: their contents are read once more, each secret is told where it came first and where it is.
    found = [(run(often)[0], run(never)[0], run(RAW)[0]) for _ in range(pairs)]
    ratio = statistics.median((more - less) / its for more, less, its in found)
    sightings = sum(finding["history"]["occurrences"] for finding in json.loads(output(often))["findings"])
    print(f"{sightings} sightings more {'':13} {statistics.median(more - less for more, less, _ in found):8.2f} s {'':10}   {ratio:.3f}")
END
