#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The Debian packages, the tarballs: what is in them, what lintian says, and that whoever builds them
# anywhere gets the same bytes.
# bats file_tags=slow,beside

# shellcheck disable=SC2154  # the libraries set them
load ../lib/cli
load ../lib/packages

setup_file() {
	file_needs need_command dpkg-buildpackage dh xz || return 0
	if [[ -e $repo/.git ]]; then
		made_once dist "$repo/tools/make-dist"
	fi
	made_once debs make_debs
	made_once release make_release
	made_once second make_second
}

setup() {
	skip_with_file
	enter_work_dir
	version=$("$repo/tools/source-id" version)
	second=$packages/second/in/another/place/and/deeper
}

need_dist() {
	[[ -e $packages/dist ]] || skip "this is no git repository: a tarball is packed from a commit"
}

@test "one version, said in one place, is everybody's" {
	same "$("$SNUG" --version | awk '{ print $NF }')" "$version"
	same "$(dpkg-parsechangelog -l "$repo/debian/changelog" -S Version)" "$version"
	grep -q "^## $version " "$repo/NEWS.md"
	[[ -e $packages/debs/snug-doc_${version}_all.deb ]]
	# Debian's changelog and meson.build differ: no package
	mkdir copy
	cp -r "$repo/debian" "$repo/tools" copy/
	printf "project('snug', 'c',\n  version: '9.9',\n)\n" >copy/meson.build
	cd copy
	try debian/rules override_dh_auto_configure
	((status != 0))
	has "$work/err" "debian/changelog says $version, meson.build 9.9"
}

@test "lintian has nothing to say" {
	need_command lintian
	try lintian --allow-root --fail-on error,warning "$packages"/debs/*.changes
	status_is 0
	is_empty out
}

@test "the packages have what belongs to them, where Debian has it" {
	local deb page

	deb=$packages/debs/snug_${version}_$(dpkg --print-architecture).deb
	dpkg-deb -c "$deb" | awk '{ print $6 }' >list
	for page in "$repo"/docs/*.1.scd; do
		page=${page##*/}
		has list "./usr/share/man/man1/${page%.scd}.gz"
	done
	has list ./usr/bin/snug ./usr/share/bash-completion/completions/snug \
		./usr/share/zsh/vendor-completions/_snug ./usr/share/fish/vendor_completions.d/snug.fish \
		./usr/share/containers/oci/hooks.d/snug.json ./usr/share/doc/snug/copyright \
		./usr/share/doc/snug/README.Debian
	has_not list /usr/local /tests/ .bpf.o
	dpkg-deb -c "$packages/debs/snug-doc_${version}_all.deb" | awk '{ print $6 }' >list
	has list ./usr/share/doc/snug/docs/recording.md ./usr/share/doc/snug/docs/lint-rules.md \
		./usr/share/doc/snug/data/argument-filters.csv ./usr/share/doc/snug/data/runtime-baselines.csv
	has_not list /usr/bin
	# a program that runs as root: all that hardens
	dpkg-deb -x "$deb" x
	readelf -lW x/usr/bin/snug | grep -q GNU_RELRO
	readelf -dW x/usr/bin/snug | grep -q BIND_NOW
	readelf -hW x/usr/bin/snug | grep -q 'Type: *DYN'
	readelf --dyn-syms -W x/usr/bin/snug | grep -q __stack_chk_fail
	readelf --dyn-syms -W x/usr/bin/snug | grep -q _chk@
}

@test "the tarball is what is committed, and the same bytes for everybody" {
	need_dist
	git clone -q "$repo" clone
	git -C clone config core.autocrlf true
	git -C clone config tar.umask user
	umask 077
	TZ=Pacific/Kiritimati LC_ALL=C clone/tools/make-dist again
	cmp "again/snug-$version.tar.xz" "$packages/dist/snug-$version.tar.xz"
	tar -tf "again/snug-$version.tar.xz" | grep -v '/$' | sed "s|^snug-$version/||" | LC_ALL=C sort >packed
	git -C clone ls-files | LC_ALL=C sort >known
	diff known packed
	# it knows its commit
	tar -xf "again/snug-$version.tar.xz"
	same "$("snug-$version/tools/source-id" commit)" "$("$repo/tools/source-id" commit)"
	same "$("snug-$version/tools/source-id" epoch)" "$("$repo/tools/source-id" epoch)"
	# what is not committed is said
	: >clone/new
	try clone/tools/make-dist again
	has err "what is not committed is not in it"
	# a tree without a repository has nothing to pack, also inside of somebody else's
	git init -q .
	try "snug-$version/tools/make-dist" again
	status_is 1
	has err "is no git repository"
	same "$("snug-$version/tools/source-id" commit)" "$("$repo/tools/source-id" commit)"
	rm "snug-$version/.source-id"
	same "$("snug-$version/tools/source-id" commit)" unknown
	same "$("snug-$version/tools/source-id" epoch)" 0
}

# The build of the second packages ran the unit tests, as packages do.
@test "what was unpacked elsewhere builds there, and passes its tests" {
	local snug=("$second"/obj-*/src/cmd/snug)

	grep -qE '^Ok: +[1-9][0-9]' "$packages/second.log"
	grep -qE '^Fail: +0' "$packages/second.log"
	[[ ! -e $second/.git ]]
	cd "$second"
	SNUG=${snug[0]} bats --formatter tap --filter-tags '!slow' tests/cli/{general,show,diff,derive,convert}.bats \
		>"$work/tap" 2>&1 || {
		grep -A20 '^not ok' "$work/tap"
		return 1
	}
	grep -q '^ok' "$work/tap"
}

@test "reproducible: packages of two builds in two places are the same bytes" {
	local deb n=0

	for deb in "$packages"/debs/*.deb; do
		cmp "$deb" "$packages/second/debs/${deb##*/}"
		n=$((n + 1))
	done
	same "$n" 3 # with the debugging information
}

@test "reproducible: the static release, of two builds in two places, is the same bytes" {
	local name
	name=snug-$version-linux-$(uname -m).tar.xz
	cmp "$packages/release/$name" "$packages/second/release/$name"
}

@test "no file that is built tells where it was" {
	mkdir x
	for file in "$packages"/debs/*.deb; do
		dpkg-deb -x "$file" x
	done
	tar -C x -xf "$packages/release/snug-$version-linux-$(uname -m).tar.xz"
	for place in "$repo" "$packages" "$second" /nonexistent; do
		! grep -rlF -e "$place/" x >found || {
			cat found
			return 1
		}
	done
}

@test "a release is unpacked into a prefix, and is installed" {
	cd "$packages/release"
	sha256sum --quiet -c SHA256SUMS
	cd "$work"
	mkdir prefix
	tar -C prefix --strip-components=1 -xf "$packages/release/snug-$version-linux-$(uname -m).tar.xz"
	same "$(prefix/bin/snug --version | awk '{ print $NF }')" "$version"
	! readelf -lW prefix/bin/snug | grep -q INTERP || return 1
	for page in "$repo"/docs/*.1.scd; do
		page=${page##*/}
		[[ -s prefix/share/man/man1/${page%.scd} ]]
	done
	cmp prefix/share/bash-completion/completions/snug <(prefix/bin/snug completion bash)
	cmp prefix/share/zsh/site-functions/_snug <(prefix/bin/snug completion zsh)
	cmp prefix/share/fish/vendor_completions.d/snug.fish <(prefix/bin/snug completion fish)
	# it has the code of others in it: whose, which version, which licence
	for library in glibc libbpf elfutils libseccomp libyaml zlib; do
		grep -q "^$library [^ ]*: licences/" prefix/share/doc/snug/LIBRARIES
	done
	while read -r _ _ licence; do
		[[ -s prefix/share/doc/snug/$licence ]]
	done <prefix/share/doc/snug/LIBRARIES
	cmp prefix/share/doc/snug/LICENSE "$repo/LICENSE"
	# its documents lead to each other; how to work on the code is for those who have it
	while IFS= read -r doc; do
		while IFS= read -r target; do
			[[ $target == *://* || $target == '#'* || -e ${doc%/*}/${target%%#*} ]] || {
				echo "$doc: link to $target leads nowhere"
				return 1
			}
		done < <(grep -oE '\]\([^)[:space:]]+\)' "$doc" | sed 's/^](//; s/)$//')
	done < <(find prefix/share/doc/snug -name '*.md' ! -name CODING_STYLE.md ! -name CONTRIBUTING.md ! -path '*/howto/*')
	# nothing that only one user may read, nothing that belongs to a user of this machine
	tar -tvf "$packages/release/snug-$version-linux-$(uname -m).tar.xz" |
		awk '$2 != "0/0" || $1 !~ /^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x)$/' >odd
	is_empty odd
}
