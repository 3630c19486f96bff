#!/bin/sh
# portcullis-forward 1 @HOOK@
# Runs the hook that all repositories share, which git passes over while this repository has its own core.hooksPath.
# Written by `portcullis install`, removed by `portcullis uninstall`. Changes made here are lost.

hook=@TARGET@
# A shared hook may run what it takes for the repository's own, and so come back.
[ "${PORTCULLIS_FORWARDED-}" = "$0" ] && exit 0
[ -f "$hook" ] && [ -x "$hook" ] || exit 0
export PORTCULLIS_FORWARDED="$0"
exec "$hook" "$@"
