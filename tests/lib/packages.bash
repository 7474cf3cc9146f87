# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the tests of packages and releases share: things that are built once, for all files of tests.
# Sourced after cli.bash.
# shellcheck disable=SC2154  # cli.bash sets them

SNUG_BUILD=${SNUG_BUILD:-$(dirname "$SNUG")/../..}
packages=$(realpath -m "$SNUG_BUILD/packages")
export packages

# what the sources are now
tree_key() {
	(
		cd "$repo" || exit
		[[ -e .git ]] || exit 0
		git rev-parse HEAD
		git ls-files -z | xargs -0 sha256sum 2>/dev/null | sha256sum
	) | xargs
}

# made_once NAME COMMAND...: $packages/NAME, which COMMAND makes under the name it gets as its last
# argument, once for these sources; whoever comes meanwhile waits.
made_once() {
	local made=$packages/$1 key
	shift
	mkdir -p "$packages"
	key=$(tree_key)
	(
		flock 9
		[[ ! -e $made || $(cat "$made.of" 2>/dev/null) != "$key" ]] || exit 0
		rm -rf "$made" "$made.new"
		"$@" "$made.new" >"$made.log" 2>&1 </dev/null || {
			tail -n 50 "$made.log" >&2
			exit 1
		}
		mv "$made.new" "$made"
		printf '%s\n' "$key" >"$made.of"
	) 9>"$made.lock"
}

# the packages of this tree, without their tests
make_debs() {
	DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" "$repo/tools/make-deb" "$1"
}

# somewhere_else COMMAND...: as another user's machine would have it, where that can be told from inside
somewhere_else() {
	(
		umask 077
		env -i PATH="$PATH" HOME=/nonexistent USER=somebody LOGNAME=somebody TZ=Pacific/Kiritimati \
			LC_ALL=C DEB_BUILD_OPTIONS="parallel=$(nproc)" "$@"
	)
}

# make_second DIRECTORY: the same source in a place of another depth, from the tarball where there is
# one to be made; packages with their tests, and the release
make_second() {
	local tree=$1/in/another/place/and/deeper

	mkdir -p "$tree" "$1/debs"
	rmdir "$tree"
	if [[ -e $packages/dist && -z $(git -C "$repo" status --porcelain) ]]; then
		tar -C "$(dirname "$tree")" -xf "$packages"/dist/snug-*.tar.xz
		mv "$(dirname "$tree")"/snug-* "$tree"
	else
		"$repo/tools/copy-tree" "$tree"
	fi
	(cd "$tree" && somewhere_else dpkg-buildpackage -us -uc -b)
	mv "$(dirname "$tree")"/*.deb "$1/debs/"
	somewhere_else "$tree/tools/make-release" "$1/release"
}

make_release() {
	"$repo/tools/make-release" "$1" && rm -rf "$repo/build-release"
}
