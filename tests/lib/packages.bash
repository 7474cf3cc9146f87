# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the tests of packages and releases share: things that are built once, for all files of tests.
# Sourced after cli.bash.
# shellcheck disable=SC2154  # cli.bash sets them

SNUG_BUILD=${SNUG_BUILD:-$(dirname "$SNUG")/../..}
packages=$(realpath -m "$SNUG_BUILD/packages")
export packages

# made_once NAME COMMAND...: $packages/NAME, which COMMAND makes under the name it gets as its last
# argument; whoever comes meanwhile waits.  .ci/run and `make clean` throw it away.
made_once() {
	local made=$packages/$1
	shift
	mkdir -p "$packages"
	(
		flock 9
		[[ ! -e $made ]] || exit 0
		rm -rf "$made.new"
		"$@" "$made.new" >"$made.log" 2>&1 </dev/null || {
			tail -n 50 "$made.log" >&2
			exit 1
		}
		mv "$made.new" "$made"
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
			LC_ALL=C DEB_BUILD_OPTIONS="parallel=1" "$@"
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
