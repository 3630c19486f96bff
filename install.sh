#!/bin/sh
# Builds portcullis from this clone, or takes a program that was built elsewhere, and puts it into a folder of your own.
set -eu

usage() {
	cat <<'END'
Usage: install.sh [options]

Builds portcullis from this clone and puts it into ~/.local/bin.

  --from FILE    take this program instead of building one
  --fetch URL    take the program of the release at URL (https), if its checksum
                 is the one in SHA256SUMS there
  --prefix DIR   put it into DIR/bin (default: ~/.local)
  --repo PATH    then run `portcullis install` in this repository
  --uninstall    remove the program; with --repo, the hooks of that repository first
  --dry-run      say what would be done, and do nothing
  --help         show this text

Needs git, and for building cargo and a C compiler. Asks for no rights that you
do not have, and edits none of your shell's files.
END
}

say() { printf '%s\n' "install.sh: $*"; }

fail() {
	printf '%s\n' "install.sh: $*" >&2
	exit 1
}

misused() {
	printf '%s\n' "install.sh: $*" 'Try: install.sh --help' >&2
	exit 2
}

need() { # PROGRAM ADVICE
	command -v "$1" >/dev/null 2>&1 || fail "$1 is missing: $2"
}

absolute() { # PATH
	case $1 in
	/*) printf '%s\n' "$1" ;;
	*) printf '%s\n' "$PWD/$1" ;;
	esac
}

parse() {
	from='' fetch='' prefix='' repo='' action=put dry_run=no
	while [ $# -gt 0 ]; do
		case $1 in
		--from | --fetch | --prefix | --repo)
			[ $# -ge 2 ] && [ -n "$2" ] || misused "$1 needs a value"
			case $1 in
			--from) from=$(absolute "$2") ;;
			--fetch) fetch=${2%/} ;;
			--prefix) prefix=$(absolute "$2") ;;
			--repo) repo=$(absolute "$2") ;;
			esac
			shift
			;;
		--uninstall) action=remove ;;
		--dry-run) dry_run=yes ;;
		--help)
			usage
			exit 0
			;;
		*) misused "unknown argument: $1" ;;
		esac
		shift
	done
	[ -n "$prefix" ] || prefix=${HOME:?is not set: use --prefix}/.local
	bin=$prefix/bin
	program=$bin/portcullis
}

build() {
	clone=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
	[ -f "$clone/Cargo.toml" ] || fail "$clone is no clone of portcullis: run install.sh from one, or use --from FILE"
	need cargo 'install Rust from https://rustup.rs, or use --from FILE'
	need "${CC:-cc}" 'install a C compiler (Debian: apt install gcc, macOS: xcode-select --install), or use --from FILE'
	from=$clone/target/release/portcullis
	if [ "$dry_run" = yes ]; then
		say "would build $from"
		return
	fi
	say "building in $clone, which takes some minutes the first time"
	cargo build --release --locked --manifest-path "$clone/Cargo.toml" --target-dir "$clone/target"
}

download() {
	archive=portcullis-$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m).tar.gz
	if [ "$dry_run" = yes ]; then
		say "would fetch $fetch/$archive"
		return
	fi
	need curl 'install it, or fetch the files yourself and use --from FILE'
	folder=$(mktemp -d)
	trap 'rm -rf "$folder"' EXIT
	for name in SHA256SUMS "$archive"; do
		curl --proto '=https,file' --tlsv1.2 --fail --silent --show-error --location --proto-redir '=https' \
			--output "$folder/$name" "$fetch/$name" || fail "$fetch/$name cannot be fetched"
	done
	# Before anything of it is unpacked.
	expected=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$archive\$/\1/p" "$folder/SHA256SUMS")
	found=$(checksum "$folder/$archive")
	[ -n "$expected" ] || fail "$fetch/SHA256SUMS does not name $archive"
	[ "$found" = "$expected" ] || fail "$archive is not what SHA256SUMS says: nothing was installed"
	tar -C "$folder" -xzf "$folder/$archive" portcullis
	from=$folder/portcullis
}

checksum() { # FILE
	if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -c 1-64
}

put() {
	need git 'install it, portcullis asks it about everything'
	[ -z "$fetch" ] || download
	if [ -n "$fetch" ] && [ "$dry_run" = yes ]; then return; fi
	if [ -z "$from" ]; then build; elif [ ! -f "$from" ]; then fail "$from: there is no such file"; fi
	if [ "$dry_run" = yes ]; then
		say "would copy $from to $program"
		[ -z "$repo" ] || say "would run \`portcullis install\` in $repo"
		return
	fi
	if cmp -s "$from" "$program" && [ -x "$program" ]; then
		say "$program is up to date"
	else
		# Beside its place and then renamed: a hook that runs meanwhile finds the old program or the new one.
		mkdir -p "$bin"
		fresh=$bin/.portcullis.$$
		trap 'rm -rf "$fresh" ${folder:+"$folder"}' EXIT
		cp "$from" "$fresh"
		chmod 755 "$fresh"
		"$fresh" --version >/dev/null || fail "$from does not run on this machine"
		mv -f "$fresh" "$program"
		say "installed $program"
	fi
	case :${PATH-}: in
	*":$bin:"*) ;;
	*) say "$bin is not on PATH: add it in your shell's configuration, or call $program by its full name" ;;
	esac
	if [ -n "$repo" ]; then
		(cd "$repo" && "$program" install)
	else
		say "next, in each repository to guard: portcullis install"
	fi
}

remove() {
	if [ ! -e "$program" ]; then
		say "nothing to do: there is no $program"
		return
	fi
	if [ "$dry_run" = yes ]; then
		[ -z "$repo" ] || say "would run \`portcullis uninstall\` in $repo"
		say "would remove $program"
		return
	fi
	[ -z "$repo" ] || (cd "$repo" && "$program" uninstall)
	rm -f "$program"
	say "removed $program"
	say "repositories that still have its hooks stop every commit: run \`portcullis uninstall\` in them before this"
}

main() {
	parse "$@"
	"$action"
}

main "$@"
