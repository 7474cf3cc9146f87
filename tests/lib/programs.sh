# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The programs that recordings are tested with.  Sourced; needs $SNUG_PROGRAMS, the directory of the
# built tests/programs.
#
# Every one makes the same set of calls on each run, prints the same and ends with the same status.

# shellcheck disable=SC2034  # for those who source this file
all_programs=(
	threads64-group threads64-pthread forks execchain daemonize unshare-ns plain plain-static
	killed-kill killed-segv killed-abort killed-thread i386 mixed five-ms many-children signals
	identity own-filter
	ls cat-sort-uniq subshells find tar grep awk sed date cp-mv-rm gzip stat python-threads
	python-subprocess perl-fork jq git gcc
)

python_threads='
import threading, queue, socket
done = queue.Queue()
def work(i):
    a, b = socket.socketpair()
    a.send(bytes([i])); done.put(b.recv(1)[0]); a.close(); b.close()
threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
for t in threads: t.start()
for t in threads: t.join()
print(sorted(done.get() for t in threads))
'
python_subprocess='
import os, subprocess, sys
print(subprocess.run(["/bin/echo", "child"], capture_output=True, text=True).stdout.strip())
pid = os.fork()
if pid == 0:
    os.setsid(); os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
'
# shellcheck disable=SC2016  # not for the shell
perl_fork='
$| = 1;
for my $i (1 .. 3) {
	my $pid = fork() // die;
	if (!$pid) { exec("/bin/echo", "child $i") if $i > 1; getpgrp(0); exit 9 }
	waitpid($pid, 0);
	print $? >> 8, "\n";
}
my $lines = `/bin/cat words`; print length($lines), "\n";
'
# shellcheck disable=SC2016
subshells='
(echo in a subshell; exit 3); echo "status $?"
/bin/sleep 0.3 & echo started; wait $!; echo "waited $?"
trap "echo trapped" USR1; kill -USR1 $$
for f in a b c; do echo "$f" >"out.$f"; done; /bin/cat out.?
'
git_commit='
git init -q . && git add words tree && git commit -q -m first && git log --format=%s && git status -s -uno
'

# program_command NAME: sets the array `command`.  Status 1 when it can't be run here, and why in
# `reason`.
program_command() {
	local p=$SNUG_PROGRAMS

	reason=
	case $1 in
	threads64-group) command=("$p/threads64" group) ;;
	threads64-pthread) command=("$p/threads64" pthread) ;;
	execchain) command=("$p/execchain" 5) ;;
	killed-*) command=("$p/killed" "${1#killed-}") ;;
	many-children) command=("$p/many-children" 2000) ;;
	i386) command=("$p/i386") ;;
	forks | daemonize | unshare-ns | plain | plain-static | mixed | five-ms | signals | identity | \
		own-filter) command=("$p/$1") ;;
	ls) command=(/bin/ls -la --time-style=+ tree) ;;
	cat-sort-uniq) command=(/bin/sh -c '/bin/cat words words | /usr/bin/sort | /usr/bin/uniq -c') ;;
	subshells) command=(/bin/sh -c "$subshells") ;;
	find) command=(/usr/bin/find tree -type f -name '*.c' -exec /usr/bin/wc -l '{}' ';') ;;
	tar) command=(/bin/sh -c '/bin/tar -czf t.tgz tree && /bin/tar -tzf t.tgz | /usr/bin/sort') ;;
	grep) command=(/bin/grep -rn main tree) ;;
	awk)
		# shellcheck disable=SC2016
		command=(/usr/bin/awk '{ n += length($0) } END { print n; "echo sub" | getline x; print x }' words)
		;;
	sed) command=(/bin/sh -c '/bin/sed -i s/quick/slow/ words && /bin/cat words') ;;
	date) command=(/bin/date -u -d @0 +%Y-%m-%d) ;;
	cp-mv-rm) command=(/bin/sh -c '/bin/cp -a tree copy && /bin/mv copy moved && /bin/ls moved && /bin/rm -r moved') ;;
	gzip) command=(/bin/sh -c '/bin/gzip -9 words && /bin/gzip -dc words.gz') ;;
	stat) command=(/usr/bin/stat -c '%n %F %s' words tree /etc/passwd) ;;
	python-threads) command=(/usr/bin/python3 -I -S -B -c "$python_threads") ;;
	python-subprocess) command=(/usr/bin/python3 -I -S -B -c "$python_subprocess") ;;
	perl-fork) command=(/usr/bin/perl -e "$perl_fork") ;;
	jq) command=(/usr/bin/jq -c '.list | map(. + 1)' data.json) ;;
	git) command=(/bin/sh -c "$git_commit") ;;
	gcc) command=(/bin/sh -c 'gcc -o hello tree/hello.c && ./hello') ;;
	*)
		reason="no such program: $1"
		return 1
		;;
	esac
	[[ -x ${command[0]} ]] || reason="${command[0]} is not here"
	[[ $1 != unshare-ns && $1 != identity ]] || ((EUID == 0)) || reason="needs root"
	[[ -z $reason ]]
}

# fresh_work_dir DIR: an empty directory with what the programs work on; becomes the current one.  It
# belongs to $work_owner, if that is set.
fresh_work_dir() {
	rm -rf "$1"
	mkdir -p "$1/tree/sub" "$1/tmp"
	cd "$1" || return 1
	printf '%s\n' the quick brown fox jumps over the lazy dog >words
	printf '#include <stdio.h>\nint main(void)\n{\n\tputs("hello");\n\treturn 0;\n}\n' >tree/hello.c
	printf 'int sub;\n' >tree/sub/sub.c
	printf 'nothing\n' >tree/sub/readme
	printf '{"list": [1, 2, 3]}\n' >data.json
	[[ -z ${work_owner:-} ]] || chown -R "$work_owner" "$1"
}

# in_clean_env COMMAND...: a fixed environment, no input.
in_clean_env() {
	(become_in_clean_env "$@")
}

# With the array `run_as`: by that command, which changes who it is.
#
# The same in place of this shell: `become_in_clean_env COMMAND... &` makes $! COMMAND's process.
become_in_clean_env() {
	# shellcheck disable=SC2154  # the caller's, or empty
	# shellcheck disable=SC2154 # who calls has run_as
	exec "${run_as[@]}" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		LC_ALL=C HOME="$PWD" TMPDIR="$PWD/tmp" GIT_CONFIG_NOSYSTEM=1 GIT_PAGER=cat \
		GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b \
		"$@" </dev/null
}
