#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The manual pages say what the program does: verbs, aliases, options, exit statuses and environment
# variables are compared with the program's own tables, in both directions.
# bats file_tags=beside

setup_file() {
	: "${SNUG:?the program under test}"
}

setup() {
	bats_require_minimum_version 1.5.0
	root=$BATS_TEST_DIRNAME/../..
	docs=$root/docs
}

# "name|alias|summary" for each verb that the program lists
verbs() {
	"$SNUG" --help |
		sed -nE 's/^  ([a-z-]+) +(([a-z]{1,2}) +)?([A-Z].*)$/\1|\3|\4/p'
}

verb_names() {
	verbs | cut -d'|' -f1
}

page_of() {
	echo "$docs/snug-$1.1.scd"
}

# section PAGE NAME: its lines
section() {
	awk -v want="# $2" '/^# / { on = $0 == want; next } on' "$1"
}

# definitions PAGE SECTION: what is explained in a section, a line each, without markup
definitions() {
	section "$1" "$2" |
		awk '/^\t/ && line != "" { print line; } { line = /^[^\t]/ ? $0 : "" }' |
		sed -E 's/(^|[^A-Za-z])_/\1/g; s/_($|[^A-Za-z])/\1/g; s/\*//g'
}

# "-o, --output-file FILE" for each option that `snug VERB --help` lists
help_options() {
	"$SNUG" "$1" --help | sed -n '/^Options:/,/^$/p' |
		sed -nE 's/^ {2,6}((-[A-Za-z], )?--[a-z0-9-]+( [A-Z]+|\[=[A-Z]+\])?)(  .*)?$/\1/p'
}

# same NAME EXPECTED ACTUAL: two lists, a line each, in any order
same() {
	local differences
	[ -n "$2" ]
	if ! differences=$(diff <(LC_ALL=C sort <<<"$2") <(LC_ALL=C sort <<<"$3")); then
		printf '%s: the program has <, the page has >\n%s\n' "$1" "$differences"
		return 1
	fi
}

# The exit statuses that the source of a verb knows, as the pages write them.
statuses_of() {
	local sources="$root/src/cmd/main.c $root/src/cmd/$1.c" name value
	while read -r name value; do
		# shellcheck disable=SC2086 # two words
		if [ "$name" = SNUG_EXIT_SIGNAL_BASE ]; then
			! grep -q 'supervise_exit_status(' $sources || echo "$value + n"
		elif grep -qw "$name" $sources; then
			echo "$value"
		fi
	done < <(sed -nE 's/^\t(SNUG_EXIT_[A-Z_]+) = ([0-9]+),.*/\1 \2/p' "$root/src/cmd/verb.h")
}

@test "man: every verb has a page, and every page is about a verb" {
	pages=$(cd "$docs" && printf '%s\n' snug-*.1.scd | sed -E 's/^snug-(.*)\.1\.scd$/\1/')
	same "pages" "$(verb_names)" "$pages"
}

@test "man: the build makes and installs every page" {
	built=$(sed -nE "s/^  '(snug[a-z-]*)',$/\1/p" "$docs/meson.build")
	same "docs/meson.build" "$(cd "$docs" && printf '%s\n' *.scd | sed 's/\.1\.scd$//')" "$built"
}

@test "man: snug(1) has the verbs with their aliases and summaries" {
	expected=$(verbs | awk -F'|' '{ print $1 ($2 != "" ? ", " $2 : "") }')
	actual=$(definitions "$docs/snug.1.scd" VERBS | grep -v '^help, h$')
	same "VERBS" "$expected" "$actual"
	while IFS='|' read -r name _ summary; do
		section "$docs/snug.1.scd" VERBS | grep -qxF "	$summary. See *snug-$name*(1)." || {
			echo "snug(1) has no '$summary. See snug-$name(1).'"
			return 1
		}
	done < <(verbs)
}

@test "man: the help verb that snug(1) names works" {
	for word in help h; do
		[ "$("$SNUG" "$word")" = "$("$SNUG" --help)" ]
		[ "$("$SNUG" "$word" record)" = "$("$SNUG" record --help)" ]
	done
}

@test "man: each page has its verb's name, summary, synopsis and alias" {
	while IFS='|' read -r name alias summary; do
		page=$(page_of "$name")
		echo "$page"
		head -n 1 "$page" | grep -q "^snug-$name(1) "
		section "$page" NAME | grep -qxF "snug-$name - ${summary,}"
		usage=$("$SNUG" "$name" --help | sed -nE 's/^Usage: (.*[^ ]) *$/\1/p')
		[ "$(section "$page" SYNOPSIS | tr -d '*_' | grep .)" = "$usage" ]
		[ -z "$alias" ] || tr '\n' ' ' <"$page" | grep -qF "*snug $alias* is"
	done < <(verbs)
}

@test "man: each page has exactly the options of its verb" {
	for verb in $(verb_names); do
		same "snug-$verb(1)" "$(help_options "$verb")" "$(definitions "$(page_of "$verb")" OPTIONS)"
	done
}

@test "man: the options of snug(1) exist" {
	n=0
	while read -r option; do
		echo "snug $option"
		run --separate-stderr "$SNUG" "$option"
		[ "$status" -eq 0 ]
		[ -n "$output" ]
		n=$((n + 1))
	done < <(definitions "$docs/snug.1.scd" OPTIONS | sed 's/, /\n/g')
	[ "$n" -ge 4 ]
}

@test "man: each page has the exit statuses of its verb, snug(1) has all" {
	all=""
	for verb in $(verb_names); do
		expected=$(statuses_of "$verb")
		same "snug-$verb(1)" "$expected" "$(definitions "$(page_of "$verb")" "EXIT STATUS")"
		all+=$expected$'\n'
	done
	same "snug(1)" "$(sort -u <<<"$all" | grep .)" "$(definitions "$docs/snug.1.scd" "EXIT STATUS")"
}

@test "man: snug(1) has every environment variable that is read, and no other" {
	read_by_code=$(grep -rhoE 'getenv\("[A-Z_]+"\)' "$root/src" |
		sed -E 's/.*"(.*)".*/\1/' | grep -vx SNUG_TEST_DISABLE | sort -u)
	same "ENVIRONMENT" "$read_by_code" \
		"$(definitions "$docs/snug.1.scd" ENVIRONMENT | sed 's/, /\n/g')"
	for page in "$docs"/snug-*.scd; do
		while read -r name; do
			[ -z "$name" ] || grep -qx "$name" <<<"$read_by_code"
		done < <(definitions "$page" ENVIRONMENT | sed 's/, /\n/g')
	done
	run grep -l SNUG_TEST_ "$docs"/*.scd
	[ -z "$output" ]
}

@test "man: references lead to pages" {
	n=0
	for page in "$docs"/*.scd; do
		while read -r name; do
			[ -e "$docs/$name.1.scd" ] || {
				echo "$page: $name(1)"
				return 1
			}
			n=$((n + 1))
		done < <(grep -oE '\*snug(-[a-z]+)?\*\(1\)' "$page" | tr -d '*' | sed 's/(1)$//')
	done
	[ "$n" -gt 10 ]
}

@test "man: the examples parse" {
	n=0
	while read -r name verb rest; do
		[ "$name" = snug ]
		n=$((n + 1))
		# the words behind the options are replaced by --help, which must not be an error
		IFS=' ' read -ra words <<<"${rest%% |*}"
		options=()
		for word in "${words[@]}"; do
			[ "$word" != -- ] || break
			options+=("$word")
		done
		echo "snug $verb ${options[*]} --help"
		case $rest in
		*' -- '*) "$SNUG" "$verb" "${options[@]}" --help >/dev/null ;;
		*) verb_names | grep -qx -- "$verb" ;;
		esac
	done < <(sed -nE 's/^\$ (sudo )?(snug .*)$/\2/p' "$docs"/*.scd)
	[ "$n" -gt 8 ]
}

@test "man: examples can be copied: no line of theirs is filled or broken" {
	for page in "$docs"/*.scd; do
		run awk '/^# / { on = $0 == "# EXAMPLES" }
			/^\t*```/ { literal = !literal }
			on && !literal && /^\t/' "$page"
		echo "$page: $output"
		[ -z "$output" ]
	done
}

@test "man: pages render without warnings" {
	command -v scdoc >/dev/null || skip "needs scdoc"
	command -v groff >/dev/null || command -v mandoc >/dev/null ||
		skip "needs groff or mandoc"
	for source in "$docs"/*.scd; do
		page=$BATS_TEST_TMPDIR/$(basename "${source%.scd}")
		scdoc <"$source" >"$page" 2>"$page.err"
		run cat "$page.err"
		echo "$source: $output"
		[ -z "$output" ]
		if command -v groff >/dev/null; then
			run groff -man -Tutf8 -ww -z "$page"
			echo "$output"
			[ "$status" -eq 0 ]
			[ -z "$output" ]
			# markup that scdoc took for text, and examples that do not fit
			run bash -c 'groff -man -Tascii -P-cbou "$1" |
				grep -nE "[*]|(^| )_|_( |$)|[+]_|.{81}"' _ "$page"
			echo "$output"
			[ -z "$output" ]
		fi
		if command -v mandoc >/dev/null; then
			# scdoc's own: an empty paragraph before each heading and indented part
			run bash -c 'mandoc -Tlint -W warning "$1" |
				grep -v "skipping paragraph macro"' _ "$page"
			echo "$output"
			[ -z "$output" ]
		fi
	done
}
