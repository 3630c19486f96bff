
# The repository's own hook, which git passes over while core.hooksPath is set for everybody. If it is ours, it does all.
common=${GIT_DIR:-.git}
if ! [ -d "$common" ] || [ -f "$common/commondir" ]; then common=$(git rev-parse --git-common-dir) || exit 1; fi
own=$common/hooks/@HOOK@
mark=
[ -f "$own" ] && [ -x "$own" ] && { read -r mark; read -r mark; } <"$own"
case $mark in '# portcullis-shim '*) exec "$own" "$@" ;; esac
