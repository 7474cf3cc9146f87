#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# notify-container.sh RESULTS: runs in a container.  Records each program and lets strace look at it;
# the sets go to RESULTS/PROGRAM.snug and .strace, why there are none to .why.
set -u
lib=$(dirname "$0")
# shellcheck source=tests/lib/notify-test.bash
source "$lib/notify-test.bash"
results=$1
state=$results
work=/tmp/work
record_args=(--engine notify)
run_as=()

for name in "${all_programs[@]}"; do
	program_command "$name" || {
		echo "$reason" >"$state/$name.why"
		continue
	}
	# shellcheck disable=SC2154  # programs.sh sets it
	{
		record "$name" "${command[@]}" && strace_calls "$name" "${command[@]}" &&
			is_complete "$state/$name.recording"
	} >"$state/$name.says" 2>&1 || cp "$state/$name.says" "$state/$name.failed"
done
