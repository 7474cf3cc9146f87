#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The Debian packages in a clean Debian root, and there what people have them for: in ten minutes from
# `apt install` to nginx under a profile of its own; containers, recorded by the hook as it was
# installed; the packages' own tests.  The tests build on each other.
# bats file_tags=slow

# shellcheck disable=SC2154  # the libraries set them
load ../lib/cli
load ../lib/clean-root

setup_file() {
	file_needs need_bpf && file_needs need_command curl && file_needs need_clean_root || return 0
	start_clean_root "$BATS_FILE_TMPDIR/root"
	root_installs './snug_*.deb'
}

teardown_file() {
	stop_clean_root
}

setup() {
	skip_with_file
	enter_work_dir
}

# serve COMMAND...: nginx in the foreground, in the background
serve() {
	in_root "$@" nginx -g 'daemon off;' >bg.out 2>bg.err </dev/null 3>&- &
	# shellcheck disable=SC2034 # finish waits for it
	pid=$!
	wait_until curl_root -o /dev/null http://127.0.0.1/
}

# served: ends nginx as its administrator does
served() {
	in_root nginx -s quit 2>/dev/null
	finish
	same "$status" 0
}

# page URL STATUS [CURL OPTION...]: ./page is what came
page() {
	same "$(curl_root -o page -w '%{http_code}' "${@:3}" "http://127.0.0.1$1")" "$2"
}

visit_all() {
	page / 200
	has page "Welcome to nginx"
	page / 304 -H "If-Modified-Since: $(in_root date -u -R -r /var/www/html/index.nginx-debian.html |
		sed 's/+0000/GMT/')"
	page /none 404
	page /files/big 200
	same "$(stat -c %s page)" 300000
	page /files/big 206 -r 100-199
}

upload() {
	page /files/new "$1" -H Expect: -T /etc/os-release
}

@test "what is installed, with nothing that only builds need" {
	in_root dpkg-query -W -f '${Package}\n' >packages
	same "$(grep -E '^(gcc|clang|linux-headers|bpftool|libbpf-dev)' packages | grep -v '^gcc-12-base$')" ""
	try in_root snug version
	status_is 0
	same "$(sed -n 's/^Version: *//p' out)" "$("$repo/tools/source-id" version)"
	try in_root snug doctor
	grep -qE '^  record +yes' out
	has "$root/usr/share/containers/oci/hooks.d/snug.json" '"/usr/bin/snug"'
}

@test "a newcomer's ten minutes: nginx under a profile of its own" {
	root_installs nginx
	head -c 300000 /dev/urandom >big
	install -D big "$root/var/www/html/files/big"
	in_root chown www-data /var/www/html/files
	cat >"$root/etc/nginx/sites-available/default" <<-'END'
		server {
			listen 80;
			root /var/www/html;
			index index.nginx-debian.html;
			location /files/ { dav_methods PUT; }
		}
	END

	# record what it does
	serve snug record -n -t raw-seccomp -o /root/nginx.json --recording /root/nginx.rec --
	visit_all
	served
	[[ -s $root/root/nginx.json && -s $root/root/nginx.rec ]]

	# run it under the profile: it does what it did
	serve snug run --json /root/refused.json -p /root/nginx.json --
	visit_all
	# what it never did is refused, while pages are served as before, and it is told
	upload 500
	visit_all
	served
	has bg.err "to allow that: snug amend -p /root/nginx.json"
	call=$(jq -r '.refused[] | select(.comm == "nginx") | .name' "$root/root/refused.json" | head -n 1)
	has bg.err "refused $call(" "with EPERM: nginx["
	try in_root snug show /root/nginx.json "$call"
	has out "SCMP_ACT_ERRNO" "default"

	# uploads are wanted after all
	serve snug record -n -o /dev/null --recording /root/upload.rec --
	upload 201
	served
	in_root rm /var/www/html/files/new
	in_root snug merge -t raw-seccomp -o /root/both.json /root/nginx.json /root/upload.rec
	serve snug run --json /root/refused.json -p /root/both.json --
	visit_all
	upload 201
	served
	same "$(jq '.refused | length' "$root/root/refused.json")" 0

	# for systemd, and for people
	drop_in=/etc/systemd/system/nginx.service.d/seccomp.conf
	in_root mkdir -p "${drop_in%/*}"
	in_root snug convert -f systemd -o "$drop_in" /root/both.json
	grep -q '^SystemCallFilter=.*accept4' "$root$drop_in"
	in_root snug report -o /root/nginx.html /root/both.json /root/nginx.rec
	has "$root/root/nginx.html" accept4
}

# podman in the root, with what machines for tests cannot do left out
podman_root() {
	try in_root podman --cgroup-manager=cgroupfs --storage-driver vfs --runtime /usr/sbin/runc \
		run --rm --network none --ulimit nofile=1024:1024 --ulimit nproc=1000:1000 "$@"
}

@test "the hook is in place: podman records a container, which runs under its profile" {
	root_installs podman runc busybox-static
	in_root sh -ec 'mkdir -p /c/bin /c/proc /c/dev /c/sys /c/tmp /c/etc
		cp /bin/busybox /c/bin/
		ln -s busybox /c/bin/ls
		ln -s busybox /c/bin/mkdir'
	podman_root --annotation io.containers.trace-syscall=of:/root/ls.json --rootfs /c ls /
	status_is 0
	has out tmp
	wait_until test -s "$root/root/ls.json"
	podman_root --security-opt seccomp=/root/ls.json --rootfs /c ls /
	status_is 0
	has out tmp
	podman_root --security-opt seccomp=/root/ls.json --rootfs /c mkdir /tmp/made
	((status != 0))
	[[ ! -e $root/c/tmp/made ]]
	# without the annotation it stays out of the way; put away, as README.Debian says, it is gone
	podman_root --rootfs /c ls /
	status_is 0
	in_root dpkg-divert --divert /usr/share/containers/oci/snug.json.off --rename --add \
		/usr/share/containers/oci/hooks.d/snug.json
	podman_root --annotation io.containers.trace-syscall=of:/root/none.json --rootfs /c ls /
	status_is 0
	root_installs --reinstall './snug_*.deb'
	[[ ! -e $root/usr/share/containers/oci/hooks.d/snug.json ]]
	in_root dpkg-divert --rename --remove /usr/share/containers/oci/hooks.d/snug.json
	[[ -e $root/usr/share/containers/oci/hooks.d/snug.json ]]
	[[ ! -e $root/root/none.json ]]
}

@test "the packages' own tests pass" {
	root_installs man-db procps
	cp -r "$repo/debian/tests" "$root/tests"
	in_root /tests/recording
	# as somebody
	in_root setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/tmp /tests/without-root
}

@test "the documents are installed, and their links lead somewhere" {
	local file target to docs=$root/usr/share/doc/snug/docs

	root_installs './snug-doc_*.deb'
	in_root sh -c 'test -e /usr/share/doc/snug/docs/recording.md'
	while IFS= read -r file; do
		while IFS= read -r target; do
			[[ $target != *://* && $target != mailto:* && $target != '#'* ]] || continue
			to=$(realpath -ms "$(dirname "$file")/${target%%#*}")
			# others lead into the source
			[[ $to != "$docs"/* || -e $to ]] || {
				echo "$file: link to $target leads nowhere"
				return 1
			}
		done < <(grep -oE '\]\([^)[:space:]]+\)' "$file" | sed 's/^](//; s/)$//')
	done < <(find "$docs" -name '*.md')
}

@test "removed, they leave nothing" {
	in_root dpkg --purge snug snug-doc
	same "$(in_root find / -xdev -name '*snug*' ! -path '/root/*' ! -path '/var/log/*' ! -path '/var/cache/*')" ""
}
