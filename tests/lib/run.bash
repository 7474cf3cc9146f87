# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# For tests of snug run.  After cli.bash.
# shellcheck disable=SC2154  # it sets native

# profile DEFAULT [ACTION:NAME...]: ./p.json, an OCI profile for this machine, and $more_arches
profile() {
	local action=$1
	shift
	echo "{\"defaultAction\":\"SCMP_ACT_$action\",\"architectures\":[\"$native\"${more_arches:+,\"$more_arches\"}],
		\"syscalls\":[$(entries "$@")]}" | jq . >p.json
}

entries() {
	local entry comma=""

	for entry; do
		printf '%s{"action":"SCMP_ACT_%s","names":["%s"]}' "$comma" "${entry%%:*}" "${entry#*:}"
		comma=,
	done
}

snug_run() {
	try "$SNUG" run "$@"
}
