# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by cli.bash and bpf-test.bash.

# show_failure DIRECTORY...: in teardown(): of a test that has failed, what its programs said there on
# standard error, and the last `run` command at all, as the end of what bats prints.
show_failure() {
	local directory file

	[[ -z ${BATS_TEST_COMPLETED:-}${BATS_TEST_SKIPPED:-} ]] || return 0
	if [[ -n ${output:-} ]]; then
		echo "--- the last output, status ${status:-?}:"
		tail -n 20 <<<"$output" | cut -c 1-500 | cat -v
	fi
	for directory; do
		[[ -d $directory ]] || continue
		for file in "$directory"/{err,errors,*.err,*.complains,*.says,*/err,*/*.err}; do
			[[ -f $file && -s $file ]] || continue
			echo "--- ${file#"$directory"/}:"
			tail -n 20 "$file" | cut -c 1-500 | cat -v
		done
	done
}

# end_all PID...: those that are still there
end_all() {
	local pid

	for pid; do
		kill -KILL "$pid" 2>/dev/null || true
	done
}

# The array `others` has processes that are to end with the test.  Files that have something else to
# end have a teardown of their own, which calls show_failure, too.
teardown() {
	# shellcheck disable=SC2154  # set by who sources this
	show_failure "${state:-${work:-}}"
	# shellcheck disable=SC2154
	end_all "${others[@]}"
}
