# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# strace as the oracle for arguments: with which values of what data/argument-filters.csv looks at
# does a program make its calls?  Sourced, after oracle.sh.
#
# A set of tuples is a file of lines "ABI NUMBER VALUE,...", values in hexadecimal without leading
# zeros, sorted.  Masks come from data/, not from the recording, and strace's numbers are read here
# digit by digit: nothing of snug is used.

arguments_data=$(dirname "${BASH_SOURCE[0]}")/../../data
[[ -d $arguments_data ]] || arguments_data=$(dirname "${BASH_SOURCE[0]}")/../data # in a guest

# What is looked at, as "ABI NUMBER INDEX:MASK ...", of x86_64 and x86.
arguments_specs() {
	oracle_tables | LC_ALL=C awk '
		FNR == 1 { pass++ }
		pass == 1 { number[$1, $3] = $2; next }
		/^#/ || /^$/ { next }
		pass == 2 {
			n = split($0, field, ",")
			for (i = 2; i <= n; i++)
				is_int[field[1], i - 2] = field[i] ~ /32(:|$)/
			next
		}
		{
			split($0, field, ",")
			call = field[1]
			mask = field[4]
			if (mask == "")
				mask = is_int[call, field[2]] ? "0xffffffff" : "0xffffffffffffffff"
			for (i = 1; i <= 2; i++) {
				abi = i == 1 ? "x86_64" : "x86"
				if ((abi, call) in number && !index(" " field[7] " ", " " abi " "))
					spec[abi " " number[abi, call]] = \
						spec[abi " " number[abi, call]] " " field[2] ":" mask
			}
		}
		END { for (key in spec) print key spec[key] }' - "$arguments_data/call-arguments.csv" \
		"$arguments_data/argument-filters.csv"
}

# arguments_parse TRACE: strace's file (-f -n -e raw=all) -> set of tuples.
#
# Of socketcall(2) and ipc(2) strace shows the function behind it, whose number is the argument.
arguments_parse() {
	oracle_parse "$1" 1 | LC_ALL=C awk '
		function hex(word,    i, value) {
			value = 0
			word = tolower(word)
			for (i = 1; i <= length(word); i++)
				value = value * 16 + index("0123456789abcdef", substr(word, i, 1)) - 1
			return value
		}
		# of two words of hexadecimal digits, from the right
		function both(a, b,    i, j, x, y, digit, text) {
			sub(/^0x/, "", a)
			sub(/^0x/, "", b)
			text = ""
			j = length(b)
			for (i = length(a); i > 0 && j > 0; i--) {
				x = hex(substr(a, i, 1))
				y = hex(substr(b, j, 1))
				digit = (x % 2 && y % 2) + 2 * (int(x / 2) % 2 && int(y / 2) % 2) + \
					4 * (int(x / 4) % 2 && int(y / 4) % 2) + 8 * (x >= 8 && y >= 8)
				text = substr("0123456789abcdef", digit + 1, 1) text
				j--
			}
			sub(/^0+/, "", text)
			return text == "" ? "0" : text
		}
		# of an int: whether what is above it is neither zeros nor its sign
		function is_odd(word,    upper) {
			sub(/^0x0*/, "", word)
			upper = substr(word, 1, length(word) - 8)
			return length(word) > 8 &&
				!(upper == "ffffffff" && substr(word, 9, 1) ~ /[89a-f]/)
		}
		# as it is noted: bit 32 says that it is odd
		function noted(abi, word, mask,    text) {
			text = both(word, mask)
			if (abi != "x86_64" || mask != "0xffffffff" || !is_odd(word))
				return text
			return "1" substr("00000000" text, length(text) + 1)
		}
		function behind(list, name,    i, n, word) {
			n = split(list, word, " ")
			for (i = 1; i <= n; i++)
				if (word[i] == name)
					return sprintf("0x%x", i)
			return ""
		}
		pass == 1 { spec[$1, $2] = substr($0, length($1 $2) + 3); next }
		(($1, $2) in spec) {
			n = split($4, value, ",")
			first = value[1]
			if ($1 == "x86" && $2 == 102)
				value[1] = behind("socket bind connect listen accept getsockname " \
					"getpeername socketpair send recv sendto recvfrom shutdown " \
					"setsockopt getsockopt sendmsg recvmsg accept4 recvmmsg sendmmsg", $3)
			if ($1 == "x86" && $2 == 102 && value[1] == "")
				value[1] = first
			m = split(spec[$1, $2], part, " ")
			line = $1 " " $2 " "
			for (i = 1; i <= m; i++) {
				split(part[i], of, ":")
				line = line (i > 1 ? "," : "") noted($1, value[of[1] + 1], of[2])
			}
			print line
		}' pass=1 <(arguments_specs) pass=2 - | LC_ALL=C sort -u
}

# arguments_strace OUT COMMAND...: as oracle_strace, the set of tuples.
arguments_strace() {
	local out=$1 status=0
	shift
	in_clean_env strace -f -n --quiet=attach,exit,path-resolution -e trace=all -e signal=none \
		-e raw=all -o "$out.strace" "$@" || status=$?
	arguments_parse "$out.strace" >"$out"
	return "$status"
}

# snug_arguments RECORDING: a recording -> set of tuples; "ABI NUMBER cut" for one that is cut.
snug_arguments() {
	jq -r '.calls | to_entries[] | .key as $abi | .value[] | select(.args) | .nr as $nr | .args |
		(.values[] | "\($abi) \($nr) \(map(tostring) | join(","))"),
		(select(.cut) | "\($abi) \($nr) cut")' "$1" |
		while read -r abi nr values; do
			if [[ $values == cut ]]; then
				printf '%s %s cut\n' "$abi" "$nr"
				continue
			fi
			text=
			for value in ${values//,/ }; do
				text+=$(printf ',%x' "$value")
			done
			printf '%s %s %s\n' "$abi" "$nr" "${text#,}"
		done | LC_ALL=C sort -u
}

# compare_arguments PROGRAM STRACE SNUG: whether both sets are equal.  Prints what is not.
compare_arguments() {
	local bad

	bad=$(diff "$2" "$3" | sed -n 's/^</strace saw, snug did not:/p; s/^>/snug recorded, strace did not see:/p')
	[[ -z $bad ]] && return 0
	printf '%s: %s\n' "$1" "$bad"
	return 1
}
