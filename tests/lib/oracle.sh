# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# strace as the oracle: which system calls does a program make?  Sourced.
#
# A set of calls is a file of lines "ABI NUMBER NAME", sorted, ABI being x86_64 or x86.  Numbers are
# compared, because names differ between observers where nothing else does: strace shows the
# function behind socketcall(2) or ipc(2), and calls newer than itself as syscall_0x1c9.

oracle_lib=$(dirname "${BASH_SOURCE[0]}")

# The numbers of both ABIs, as "ABI NUMBER NAME".  From the kernel's headers.
oracle_tables() {
	local abi

	for abi in x86_64:unistd_64.h x86:unistd_32.h; do
		awk -v abi="${abi%%:*}" '$1 == "#define" && $2 ~ /^__NR_/ && $3 ~ /^[0-9]+$/ {
			print abi, $3, substr($2, 6) }' "/usr/include/$(gcc -print-multiarch)/asm/${abi#*:}"
	done
}

# oracle_parse TRACE [1]: strace's file (-f -n, personality messages not suppressed) -> set of calls;
# with 1 a fourth field: the arguments as strace has them, without blanks.
#
# strace announces a change of personality, but compares with the process it has looked at last, so
# that a new process may start in 32-bit mode without a word.  Where number and name fit only one
# ABI's table, that decides; where both or none fit, the process's last known mode.
oracle_parse() {
	oracle_tables | LC_ALL=C awk -v with_arguments="${2:-}" '
		pass == 1 { table[$1, $2] = $3; next }
		{ pid = $1 }
		match($0, /\[ Process PID=[0-9]+ runs in [0-9x]+/) {
			mode[pid] = $0 ~ /runs in 32 bit/ ? "x86" : $0 ~ /runs in x32/ ? "x32" : "x86_64"
			last = mode[pid]
			next
		}
		match($0, /^[0-9]+ +\[ *[0-9]+\] [a-z_][A-Za-z0-9_]*\(/) {
			head = substr($0, RSTART, RLENGTH - 1)
			sub(/^[0-9]+ +\[ */, "", head)
			nr = head; sub(/\].*/, "", nr); nr += 0
			name = head; sub(/.* /, "", name)
			in64 = table["x86_64", nr] == name
			in32 = table["x86", nr] == name
			if (in64 && !in32)
				mode[pid] = "x86_64"
			else if (in32 && !in64)
				mode[pid] = "x86"
			else if (!(pid in mode))
				mode[pid] = last == "" ? "x86_64" : last
			last = mode[pid]
			rest = ""
			if (with_arguments) {
				rest = substr($0, RSTART + RLENGTH)
				sub(/\).*| <unfinished.*/, "", rest)
				gsub(/ /, "", rest)
				rest = " " rest
			}
			print mode[pid], nr, name rest
		}' pass=1 - pass=2 "$1" | LC_ALL=C sort -u
}

# oracle_strace OUT COMMAND...: runs COMMAND under strace from its execve on; the set goes to OUT.
# Standard output and exit status are COMMAND's.
oracle_strace() {
	local out=$1 status=0
	shift
	in_clean_env strace -f -n --quiet=attach,exit,path-resolution -e trace=all -e signal=none \
		-s 0 -o "$out.strace" "$@" || status=$?
	oracle_parse "$out.strace" >"$out"
	rm -f "$out.strace"
	return "$status"
}

# snug_calls RECORDING: a recording -> set of calls.
snug_calls() {
	jq -r '.calls | to_entries[] | .key as $abi | .value[] | "\($abi) \(.nr) \(.name // "?")"' "$1" |
		LC_ALL=C sort -u
}

# set_difference A B: the lines of A that B has not, by "ABI NUMBER" alone.  B may be empty.
set_difference() {
	awk 'pass == 1 { seen[$1, $2] = 1; next } !(($1, $2) in seen)' pass=1 "$2" pass=2 "$1"
}

# The lines of tests/lib/oracle-differences.txt that speak of PROGRAM and KIND, as a set of calls.
known_differences() {
	awk -v program="$1" -v kind="$2" '
		/^#/ || NF < 5 { next }
		($1 == program || $1 == "*") && $2 == kind { print $3, $4, $5 }' \
		"$oracle_lib/oracle-differences.txt" "${oracle_more_differences:-/dev/null}"
}

# compare_calls PROGRAM STRACE SNUG: whether both sets are equal, but for what is listed as known.
# Prints what is not.
compare_calls() {
	local bad

	# most often; it takes a tenth of the time
	! cmp -s "$2" "$3" || return 0
	[[ -e /dev/fd/0 ]] || {
		echo "there is no /dev/fd"
		return 1
	}
	bad=$(
		set_difference <(set_difference "$2" "$3") <(known_differences "$1" strace-only) |
			sed 's/^/strace saw, snug did not: /'
		set_difference <(set_difference "$3" "$2") <(known_differences "$1" snug-only) |
			sed 's/^/snug recorded, strace did not see: /'
	)
	[[ -z $bad ]] && return 0
	printf '%s: %s\n' "$1" "$bad"
	return 1
}

# compare_names STRACE SNUG: whether snug names every number as the kernel's headers do; numbers newer
# than the headers must have a name at all only when strace has one.
compare_names() {
	local bad

	bad=$(oracle_tables | awk '
		pass == 1 { table[$1, $2] = $3; next }
		(($1, $2) in table) && table[$1, $2] != $3 {
			print $1, $2 ": snug says", $3 ", the kernel says", table[$1, $2] }' pass=1 - pass=2 "$1")
	[[ -z $bad ]] && return 0
	printf '%s\n' "$bad"
	return 1
}
