
# A repository without a folder .portcullis did not ask to be guarded; its own hook runs all the same.
if ! [ -d .portcullis ]; then
	tracked=$(git ls-files -- .portcullis) || exit 1
	[ -n "$tracked" ] || exec "${0%/*}/portcullis.chain/@HOOK@" "$@"
fi
