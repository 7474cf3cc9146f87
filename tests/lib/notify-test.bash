# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the bats files of tests/notify share: recording by the engine that needs no privilege, compared
# with strace.  Each sources it and calls its functions.
# shellcheck disable=SC2034,SC2154  # for and from bpf-test.bash

# shellcheck source=tests/lib/bpf-test.bash
source "$(dirname "${BASH_SOURCE[0]}")/bpf-test.bash"

# need_command NAME...
need_command() {
	local name

	for name; do
		command -v "$name" >/dev/null || skip "$name is not installed"
	done
}

# In setup(): a directory that any user may use; not bats' own, which is root's.
notify_setup() {
	[[ -x $SNUG ]] || {
		echo "there is no $SNUG: build it, or set SNUG" >&2
		return 1
	}
	"$SNUG" record -q --engine notify -n -o /dev/null -- true ||
		skip "the engine notify cannot be used here ('snug doctor')"
	place=$(mktemp -d)
	chmod 777 "$place"
	record_args=(--engine notify)
	oracle_more_differences=$oracle_lib/notify-differences.txt
	run_as=()
	enter ""
}

# In teardown()
notify_teardown() {
	show_failure "${place:-}" "${state:-}"
	[[ -z ${place:-} ]] || rm -rf "$place"
}

# enter NAME: where results of the next recordings go
enter() {
	state=$place/s$1
	work=$state/work
	mkdir -p "$state"
	chmod 777 "$state"
}

# become WHO: the next recordings, and strace, run as
#     root        who runs the tests, who may be nobody special
#     user        uid 1000, without capabilities
#     no-new      no_new_privs is set
become() {
	work_owner=
	case $1 in
	root) run_as=() ;;
	user)
		((EUID == 0)) || skip "only root can become another"
		work_owner=1000:1000
		run_as=(setpriv --reuid 1000 --regid 1000 --clear-groups --bounding-set=-all --inh-caps=-all)
		;;
	no-new) run_as=(setpriv --no-new-privs) ;;
	esac
	enter "$1"
}

