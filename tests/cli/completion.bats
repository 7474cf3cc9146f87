#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug completion: each shell reads its script and completes with it.
# bats file_tags=beside

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
	helpers=$BATS_TEST_DIRNAME/../lib
	# what there is to complete: two files, a directory
	mkdir files files/dir
	touch files/profile.json "files/two words.json"
	cp /bin/true files/dir/tool
	mkdir shells # an _snug of zsh's
	# a name that nothing may run
	mkdir path
	cp /bin/true 'path/evil$(touch pwned)`touch pwned`'
	cp /bin/true 'files/evil$(touch pwned)`touch pwned`'
	export HOME=$work ZDOTDIR=$work XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work
}

# "name|alias" for each verb
verbs() {
	"$SNUG" --help | sed -nE '/^Try/q; s/^  ([a-z-]+) +(([a-z]{1,2}) +)?[A-Z].*/\1|\3/p'
}

# "o|output-file" for each option of a verb
options_of() {
	"$SNUG" "$1" --help |
		sed -nE '/^Options:/,/^$/s/^  (-([A-Za-z]),|   ) --([a-z0-9-]+).*/\2|\3/p'
}

# What each shell offers at the end of a line, the words of it in one line
in_bash() {
	(cd files && bash --norc "$helpers/complete-bash" ../shells/snug.bash "$1" "${library-}") |
		paste -sd' '
}

in_zsh() {
	(cd files && "$helpers/complete-zsh" ../shells "$1") | paste -sd' '
}

in_fish() {
	(cd files && fish -c 'source ../shells/snug.fish; complete --do-complete=$argv' "$1") |
		cut -f1 | LC_ALL=C sort -u | paste -sd' '
}

# offers TEXT LINE: `shell` offers exactly TEXT there
offers() {
	local offered
	offered=$("in_$shell" "$2")
	same "$2: $offered" "$2: $1" || return 1
}

# offers_among TEXT LINE: TEXT and more
offers_among() {
	local offered word
	offered=$("in_$shell" "$2")
	for word in $1; do
		[[ " $offered " == *" $word "* ]] || {
			echo "$2: no $word, but $offered"
			return 1
		} >&2
	done
}

# What holds in every shell; lists differ in how they are written.
common_cases() {
	"$SNUG" completion "$shell" >"shells/snug.$shell"
	[[ $shell != zsh ]] || cp shells/snug.zsh shells/_snug

	offers_among "record run derive doctor completion version help" "snug "
	offers "record" "snug reco"
	offers_among "--help --version" "snug --"
	offers "derive" "snug help der"

	offers "--type" "snug record --ty"
	offers "--type" "snug r --ty" # an alias
	offers "--type" "snug record -o x --ty"
	offers "--type" "snug record -n --ty"
	offers "--type" "snug record -nq --ty"
	offers "-privileged" "snug record -priv"
	offers_among "-o -n" "snug record -"
	offers "--help --json" "snug version --"

	offers "raw-seccomp seccomp" "snug record --type "
	offers "raw-seccomp" "snug record -t raw"
	offers "raw-seccomp" "snug record -type raw"
	offers "profile.json" "snug run -p pro"
	offers "profile.json" "snug run -profile pro"
	offers "profile.json" "snug run -q --profile pro"
	offers "" "snug derive --name pro"
	offers "bash fish zsh" "snug completion "
	offers "profile.json" "snug derive pro"
	offers "profile.json" "snug derive -q x.json pro"
	offers "profile.json" "snug derive -- pro"
	offers "" "snug completion bash "
	offers "docker-default" "snug show docker"
	offers "socketcall" "snug show -q profile.json socketc"
	offers "socketcall" "snug show -- profile.json read socketc"
	offers "" "snug version pro"
	offers "" "snug derive x.json --"
	offers "" "snug nosuchverb pro"

	# the command that is run, and its own words
	offers_among "sleep" "snug record slee"
	offers_among "sleep" "snug record -n -- slee"
	offers_among "sleep" "snug run -p profile.json slee"
	local path=$PATH
	PATH=$work/path:$PATH
	"in_$shell" "snug record evil" | grep -F evil
	"in_$shell" "snug derive evil" | grep -F evil
	PATH=$path
	same "$(find . -name pwned)" ""
	offers "profile.json" "snug record cat pro"
	offers "profile.json" "snug record -n -o x -- cat pro"
}

@test "completion: usage errors" {
	for words in "" "tcsh" "bash zsh"; do
		# shellcheck disable=SC2086 # words
		try "$SNUG" completion $words
		status_is 2
		is_empty out
		one_line err
		has err "bash, zsh or fish"
	done
	try "$SNUG" completion $'t\ncsh'
	status_is 2
	one_line err
}

@test "completion: a full disk is an error" {
	[[ -w /dev/full ]] || skip "needs /dev/full"
	status=0
	"$SNUG" completion bash >/dev/full 2>err || status=$?
	same "$status" 1
}

@test "completion: every verb and option is in each script" {
	for shell in bash zsh fish; do
		"$SNUG" completion "$shell" >script
		while IFS='|' read -r verb alias; do
			grep -qE "(^|[^a-z-])$verb${alias:+( \| | )$alias}([^a-z-]|$)" script
			while IFS='|' read -r letter name; do
				case $shell in
				bash) grep -qF -- " --$name " script || grep -qF -- "'--$name " script ;;
				zsh) grep -qE -- "[),*]--${name}[]=[}]" script ;;
				fish) grep -qE -- "wants_option $verb${alias:+ $alias}'.* -l $name( |$)" script ;;
				esac || {
					echo "$shell: $verb --$name"
					return 1
				}
				[[ -z $letter || $shell != fish ]] ||
					grep -qE -- "wants_option $verb.* -s $letter -l $name " script
			done < <(options_of "$verb")
		done < <(verbs)
	done
	(($(verbs | wc -l) >= 6))
}

@test "completion: bash, without bash-completion" {
	shell=bash
	common_cases
	offers "raw-seccomp" "snug record --type=raw"
	offers "raw-seccomp seccomp" "snug record --type="
	offers "profile.json" "snug run -p=pro"
	offers "read,openat read,openat2" "snug record -b read,openat"
	offers "read,openat read,openat2" "snug record --base-syscalls=read,openat"
	# "=" is taken out of COMP_WORDBREAKS by some
	SPLIT="" offers "--type=raw-seccomp" "snug record --type=raw"
	SPLIT="" offers "-b=read,openat -b=read,openat2" "snug record -b=read,openat"
	# a name with a blank in it is one
	same "$(cd files && "$helpers/complete-bash" ../shells/snug.bash "snug derive tw")" "two words.json"
	if command -v shellcheck >/dev/null; then
		shellcheck -s bash shells/snug.bash
	fi
}

@test "completion: bash, with bash-completion" {
	library=/usr/share/bash-completion/bash_completion
	[[ -e $library ]] || skip "bash-completion is not installed"
	shell=bash
	common_cases
	# what bash-completion knows of a command
	offers "--author" "snug record -n -- ls --auth"
	offers "--author" "snug run -p=profile.json ls --auth"
	offers "raw-seccomp" "snug record --type=raw"
}

@test "completion: bash, typed on a terminal" {
	need_command tmux
	"$SNUG" completion bash >shells/snug.bash
	mkdir bin
	ln -s "$SNUG" bin/snug
	socket=snug-completion-$BASHPID
	(cd files && env -u TMUX -u TMUX_PANE PATH="$work/bin:$PATH" PS1='$ ' HISTFILE='' tmux -L "$socket" \
		-f /dev/null new-session -d -x 90 -y 24 bash --norc --noprofile -i 3>&-)
	types() {
		tmux -L "$socket" send-keys "$@"
	}
	screen_has() {
		tmux -L "$socket" capture-pane -p | grep -qxF -e "$1"
	}
	failed=""
	types 'source ../shells/snug.bash; clear' Enter 'snug comp' Tab 'z' Tab '|head -n1' Enter
	wait_until screen_has '#compdef snug' || failed="verbs and words"
	types 'clear' Enter 'snug rec' Tab '-t=raw' Tab '--base' Tab 'openat2,keyc' Tab '-o tw' Tab 'dir/to' Tab 'x'
	wait_until screen_has \
		'$ snug record -t=raw-seccomp --base-syscalls openat2,keyctl -o two\ words.json dir/tool x' ||
		failed="a whole command"
	[[ -z $failed ]] || tmux -L "$socket" capture-pane -p
	tmux -L "$socket" kill-server
	same "$failed" ""
}

@test "completion: zsh, autoloaded and sourced" {
	need_command zsh
	shell=zsh
	common_cases
	zsh -n shells/snug.zsh
	offers "raw-seccomp" "snug record --type=raw"
	offers "raw-seccomp" "snug record -t=raw"
	offers "profile.json" "snug run -p=pro"
	offers "openat openat2" "snug record -b read,openat"
	offers "openat openat2" "snug record --base-syscalls=read,openat"
	offers "--author" "snug record -n -- ls --auth"
	rm shells/_snug
	mv shells/snug.zsh shells/_snug.zsh
	offers "--type" "snug record --ty"
}

@test "completion: fish" {
	need_command fish
	shell=fish
	common_cases
	fish --no-execute shells/snug.fish
	offers "--type=raw-seccomp" "snug record --type=raw"
	offers "read,openat read,openat2" "snug record -b read,openat"
	offers "--base-syscalls=read,openat --base-syscalls=read,openat2" \
		"snug record --base-syscalls=read,openat"
	offers "--author" "snug record -n -- ls --auth"
	# a help text is shown once, not behind each value
	fish -c 'source shells/snug.fish; complete --do-complete="snug record -t "' >out
	same "$(grep -c SeccompProfile out || true)" 0
}

@test "completion: installing puts the three scripts where the shells look" {
	need_command meson
	[[ -n ${SNUG_BUILD:-} && $SNUG == "$SNUG_BUILD"/* ]] || skip "SNUG is not of a build directory"
	DESTDIR=$work/root meson install -C "$SNUG_BUILD" --no-rebuild >log
	for file in bash-completion/completions/snug:bash zsh/site-functions/_snug:zsh \
		fish/vendor_completions.d/snug.fish:fish; do
		installed=$(find root -path "*/share/${file%:*}")
		[[ -f $installed ]]
		"$SNUG" completion "${file##*:}" | cmp - "$installed"
	done
}
