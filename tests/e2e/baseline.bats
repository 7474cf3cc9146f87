#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# data/runtime-baselines.csv against the runtimes that are installed: strace sees what the table says.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
}

# words TEXT: one a line
words() {
	tr ' ' '\n' <<<"$1" | sed '/^$/d' | sort -u
}

# matches RUNTIME: every call that is measured today is in its row of the table, and what the table says
# of every run was made in this one
matches() {
	local runtime=$1 name version key rest always sometimes row bad=""

	need_root
	need_command "$runtime" strace jq busybox script
	"$repo/tools/measure-baseline" -n 1 "$runtime" >rows
	same "$(wc -l <rows)" 20
	while IFS=, read -r name version rest; do
		always=$(cut -d, -f5 <<<"$rest")
		key=$name,$version,$(cut -d, -f1-4 <<<"$rest"),
		row=$(grep -F -- "$key" "$repo/data/runtime-baselines.csv") || {
			echo "no row $key: measure again"
			return 1
		}
		sometimes=$(cut -d, -f8 <<<"$row")
		# a Go runtime's locks and signals come when they come
		bad+=$(comm -23 <(words "$always") <(words "$(cut -d, -f7 <<<"$row") $sometimes futex rt_sigreturn") |
			sed "s/^/$key made, and not in the table: /")
		bad+=$(comm -13 <(words "$always") <(words "$(cut -d, -f7 <<<"$row")") |
			grep -vxE 'futex|rt_sigreturn' | sed "s/^/$key in the table, and not made: /" || true)
	done <rows
	[[ -z $bad ]] || {
		echo "$bad"
		return 1
	}
}

@test "runc" { matches runc; }
@test "crun" { matches crun; }
