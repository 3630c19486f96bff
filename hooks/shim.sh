#!/bin/sh
# portcullis-shim 1 @HOOK@
# Written by `portcullis install`, removed by `portcullis uninstall`. Changes made here are lost.

export PORTCULLIS_SHIM="$0"
@GUARD@portcullis=@BINARY@

# An empty file is tested for because sh would run it as a script that succeeds.
[ -f "$portcullis" ] && [ -s "$portcullis" ] && [ -x "$portcullis" ] && exec "$portcullis" hook @HOOK@ "$@"

# Only absolute folders: a repository must not be able to bring its own scanner.
IFS=:
set -f
for dir in ${PATH-} "${HOME-}/.local/bin" "${HOME-}/.cargo/bin"; do
	case $dir in /*) ;; *) continue ;; esac
	found=$dir/portcullis
	[ -f "$found" ] && [ -s "$found" ] && [ -x "$found" ] && exec "$found" hook @HOOK@ "$@"
done

printf '%s\n' \
	'portcullis: stopped, nothing was scanned: the program that the @HOOK@ hook runs is gone.' \
	"  It stood at $portcullis" \
	'  and is neither on PATH nor in ~/.local/bin or ~/.cargo/bin.' \
	'  To go on:          install portcullis again, then run `portcullis install` in this repository.' \
	'  To have no hooks:  install portcullis again, then run `portcullis uninstall` in this repository.' >&2
exit 1
