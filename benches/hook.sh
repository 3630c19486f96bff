#!/bin/sh
# How much a commit waits for us: `portcullis hook pre-commit` against `git diff --cached`, pair by pair, in a
# generated repository. Needs git and python3.
#
#   benches/hook.sh [--files N] [--pairs N] [--program FILE] [--keep DIR]
set -eu

files=5000 pairs=20 keep=''
program=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)/target/release/portcullis
while [ $# -gt 0 ]; do
	[ $# -ge 2 ] || { echo "$1 needs a value" >&2; exit 2; }
	case $1 in
	--files) files=$2 ;;
	--pairs) pairs=$2 ;;
	--program) program=$2 ;;
	--keep) keep=$2 ;;
	*) echo "unknown argument: $1" >&2; exit 2 ;;
	esac
	shift 2
done
case $program in /*) ;; *) program=$PWD/$program ;; esac
[ -x "$program" ] || { echo "$program: not there, run: cargo build --release --locked" >&2; exit 1; }

world=${keep:-$(mktemp -d)}
[ -n "$keep" ] || trap 'rm -rf "$world"' EXIT
mkdir -p "$world"
cd "$world"
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
export HOME="$world" GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=Bench GIT_AUTHOR_EMAIL=bench@example.com
export GIT_COMMITTER_NAME=Bench GIT_COMMITTER_EMAIL=bench@example.com

python3 - "$files" "$pairs" "$program" <<'END'
import os, random, statistics, subprocess, sys, time

files, pairs, program = int(sys.argv[1]), int(sys.argv[2]), os.path.realpath(sys.argv[3])
random.seed(1)
WORDS = "account amount batch cache client config count cursor entry event field filter handler index item key limit " \
    "list message node offset order page parser path payload queue record request response result row schema session " \
    "size source state status stream table target task time title token total tree type user value version".split()
KINDS = {
    "py": "    {0} = self.{1}({2}, {3}={4})",
    "ts": "  const {0} = await {1}.{2}({{ {3}: {4} }});",
    "rs": "    let {0} = {1}.{2}({3}, {4})?;",
    "go": "\t{0}, err := {1}.{2}({3}, {4})",
    "json": '  "{0}_{1}": "{2} {3} {4}",',
    "md": "The {0} of a {1} is the {2} that its {3} was given, at most {4}.",
}

def line(kind):
    return KINDS[kind].format(*random.choices(WORDS, k=4), random.randrange(1000))

def text(kind, lines):
    return "".join(line(kind) + "\n" for _ in range(lines))

def path_of(number, kind):
    return f"services/{WORDS[number % 40]}/src/{WORDS[number // 40 % 50]}/{WORDS[number // 7 % 50]}_{number}.{kind}"

def generate():
    paths = []
    for number in range(files):
        kind = list(KINDS)[number % len(KINDS)]
        paths.append(path_of(number, kind))
        os.makedirs(os.path.dirname(paths[-1]), exist_ok=True)
        with open(paths[-1], "w") as out:
            out.write(text(kind, random.randrange(20, 120)))
    git("init", "-q", "--template=", ".")
    git("config", "gc.auto", "0")
    git("add", ".")
    git("commit", "-q", "--no-verify", "-m", "everything")
    git("gc", "-q")
    for path, lines in zip((paths[0], paths[files // 2], paths[-1]), (25, 15, 10)):
        with open(path, "a") as out:
            out.write(text(path.rsplit(".", 1)[1], lines))
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
