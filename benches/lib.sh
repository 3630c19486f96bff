# What the benches share: their options, and a folder that knows nothing of this machine's settings. Sourced.

benches=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
program=${benches%/*}/target/release/portcullis
# Where python finds sources.py; it leaves nothing beside it.
export PYTHONPATH="$benches" PYTHONDONTWRITEBYTECODE=1

# options "NAME…" ARGUMENT…: sets the variable of each `--NAME VALUE`. `--program FILE` is taken everywhere.
options() {
	names=" $1 program "
	shift
	while [ $# -gt 0 ]; do
		[ $# -ge 2 ] || { echo "$1 needs a value" >&2; exit 2; }
		case $1 in *[!a-z-]*) names='' ;; esac
		case $names in
		*" ${1#--} "*) eval "${1#--}=\$2" ;;
		*) echo "unknown argument: $1" >&2; exit 2 ;;
		esac
		shift 2
	done
	case $program in /*) ;; *) program=$PWD/$program ;; esac
	[ -x "$program" ] || { echo "$program: not there, run: cargo build --release --locked" >&2; exit 1; }
}

# Forgets what git and we are told by this machine.
alone() {
	unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE XDG_CACHE_HOME XDG_CONFIG_HOME PORTCULLIS_CACHE_DIR
	export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
	export GIT_AUTHOR_NAME=Bench GIT_AUTHOR_EMAIL=bench@example.com
	export GIT_COMMITTER_NAME=Bench GIT_COMMITTER_EMAIL=bench@example.com
}

# world [DIR]: goes into DIR, which stays, or into a folder that goes with the bench.
world() {
	world=${1:-$(mktemp -d)}
	[ -n "${1-}" ] || trap 'rm -rf "$world"' EXIT
	mkdir -p "$world"
	cd "$world"
	export HOME="$world"
	alone
}
