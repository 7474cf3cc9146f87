# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# For tests of the programs in tools/.

# shellcheck disable=SC2154  # bats sets output and status
# shellcheck disable=SC2034  # the tests use it
tools=$BATS_TEST_DIRNAME/../../tools

# fails_with TEXT COMMAND...
fails_with() {
	local text=$1
	shift
	run "$@"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"$text"* ]]
}
