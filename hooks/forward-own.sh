#!/bin/sh
# portcullis-forward 1 @HOOK@
# Runs the repository's own hook, which git passes over while core.hooksPath is set for everybody.
# Written by `portcullis install`, removed by `portcullis uninstall`. Changes made here are lost.

common=${GIT_DIR:-.git}
if ! [ -d "$common" ] || [ -f "$common/commondir" ]; then common=$(git rev-parse --git-common-dir) || exit 1; fi
hook=$common/hooks/@HOOK@
[ -f "$hook" ] && [ -x "$hook" ] || exit 0
exec "$hook" "$@"
