#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What documents say of snug in passing, in `backquotes` and in blocks that nobody runs, is a command
# that snug knows: verb and options.  What is run is compared by tests/tutorial.
# bats file_tags=beside

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	bats_require_minimum_version 1.5.0
	enter_work_dir
}

# quoted FILE: its commands, a line each, inline ones and those of blocks
quoted() {
	awk '/^```/ { code = !code; next } !code' "$1" | tr '\n' ' ' | sed 's/  */ /g' |
		grep -oE '`(sudo )?snug [^`]+`' | tr -d '`'
	awk '/^```/ { code = !code; next } code || /^    / || /run: /' "$1" |
		sed -nE 's/^[ $#]*(run: )?(sudo )?(snug [a-z]+.*)/\3/p'
}

# options_of VERB: each spelling of each, a line each
options_of() {
	"$SNUG" "$1" --help | sed -nE 's/^ {2,6}((-[A-Za-z]), )?(--[a-z0-9-]+).*/\2\n\3/p' | grep .
}

# check_words SNUG VERB WORD...
check_words() {
	local verb=$2 word known
	case $verb in
	--* | VERB | NAME) return 0 ;;
	esac
	known=$(options_of "$verb") || {
		echo "unknown verb"
		return 1
	}
	shift 2
	for word; do
		case $word in
		-- | '|' | \# | '>'* | ';' | '&') return 0 ;;
		-) continue ;;
		-[a-zA-Z]*) word=${word:0:2} ;; # letters joined
		esac
		[[ $word != -* ]] || grep -qxF -e "${word%%=*}" <<<"$known" || {
			echo "unknown option $word"
			return 1
		}
	done
}

@test "commands that documents name exist, with their options" {
	local n=0 command words
	for file in "$repo"/*.md "$repo"/docs/*.md "$repo"/docs/*/*.md; do
		while read -r command; do
			read -ra words <<<"${command#sudo }"
			check_words "${words[@]}" || {
				echo "$file: $command"
				return 1
			}
			n=$((n + 1))
		done < <(quoted "$file")
	done
	echo "$n commands"
	((n > 60))
}

@test "the check finds what it is for" {
	check_words snug record -n -o x -- ls --color
	check_words snug show a.json
	run ! check_words snug recrod -n
	run ! check_words snug record --nosuch
	run ! check_words snug check -p a --color -- ls
}
