#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug record in an interactive shell on a terminal: the live line, Ctrl-C, Ctrl-Z, hangup.

# shellcheck disable=SC2154,SC2153  # cli.bash sets them
# shellcheck disable=SC2030,SC2031  # each test and its teardown share a shell
load ../lib/cli

setup() {
	need_recorder
	need_command tmux
	enter_work_dir
	socket=snug-$BASHPID
	# the shell finds the program as `snug`
	mkdir bin
	ln -s "$SNUG" bin/snug
	terminal bash --norc --noprofile -i
	wait_until on_screen '$'
}

teardown() {
	show_failure "${work:-}"
	[[ -z ${socket:-} ]] || tmux -L "$socket" kill-server 2>/dev/null || true
}

# terminal COMMAND...: on a terminal of 24 rows and 90 columns
terminal() {
	# not a session of somebody else's
	env -u TMUX -u TMUX_PANE PATH="$work/bin:$PATH" PS1='$ ' HISTFILE='' \
		tmux -L "$socket" -f /dev/null new-session -d -x 90 -y 24 "$@" 3>&-
	tmux -L "$socket" set-option -g status off >/dev/null
	tmux -L "$socket" set-option -g remain-on-exit on >/dev/null
}

screen() {
	tmux -L "$socket" capture-pane -p
}

on_screen() {
	screen | grep -qF -e "$1"
}

# sees TEXT...: they appear
sees() {
	local text

	for text; do
		wait_until on_screen "$text" || {
			echo "not on the screen: $text; but:"
			screen
			return 1
		} >&2
	done
}

# The last row, which belongs to the live line.
last_row() {
	screen | sed -n 24p
}

last_row_has() {
	last_row | grep -qE -e "$1"
}

has_one_live_line() {
	(($(screen | grep -cE 'recording [0-9]+ s') == 1))
}

shows_no_live_line() {
	! screen | grep -qE 'recording [0-9]+ s' || {
		screen
		return 1
	} >&2
}

# types TEXT: and Enter
types() {
	tmux -L "$socket" send-keys -l -- "$1"
	tmux -L "$socket" send-keys Enter
}

presses() {
	tmux -L "$socket" send-keys "$@"
}

# has_job: a command of the shell's has the terminal
has_job() {
	local stat

	read -ra stat <"/proc/$(tmux -L "$socket" display-message -p '#{pane_pid}')/stat"
	[[ ${stat[4]} != "${stat[7]}" ]] # its process group, the terminal's
}

# status_seen N: `echo` shows the status of the last command
status_seen() {
	types 'echo "status=$?."'
	sees "status=$1."
}

# The shell can use the whole screen again, and the keyboard does what it did.
terminal_is_clean() {
	types 'stty sane; clear; seq 100; stty -a >stty.after'
	wait_until test -s stty.after
	wait_until eval '[[ $(screen | sed -n 24p) == "$"* ]]'
	same "$(screen | sed -n '1p;23p;24p' | tr '\n' ' ' | sed 's/ *$//')" '78 100 $'
}

@test "the live line: time, calls, the newest one; then a summary, and a clean terminal" {
	types 'stty sane; stty -a >stty.before'
	types 'mkfifo gate'
	types 'snug record -n -o p.yaml -- cat gate'
	wait_until last_row_has '^ recording [0-9] s   [0-9]+ calls   newest: [a-z0-9_]+, [0-9] s ago *$'
	# a while after the last one that is new
	wait_until last_row_has '^ recording [1-9] s   [0-9]+ calls   newest: [a-z0-9_]+, [1-9] s ago *$'
	: >gate
	sees "system calls recorded in " "nothing lost" "profile: p.yaml" \
		"run under it: snug run -p p.yaml -- cat gate"
	shows_no_live_line
	same "$(screen | sed -nE 's/^([0-9]+) system calls.*/\1/p')" "$(names_of p.yaml | wc -l)"
	status_seen 0
	terminal_is_clean
	cmp stty.before stty.after
}

@test "no log lines on a terminal, but with -v; with -q nothing at all" {
	types 'snug record -o p.yaml -- true'
	sees "not in the base set" "names of the base set were added"
	! on_screen "Got syscalls" || false
	! on_screen "Running command" || false
	types 'clear; snug record -q -o p.yaml -- sleep 1; echo "the e"nd'
	wait_until test -s p.yaml
	sleep 0.8
	shows_no_live_line
	sees "the end"
	! on_screen "profile" || false
	types 'clear; snug record -v -n -o p.yaml -- true'
	sees "Running command with PID" "record pid exit" "Wrote seccomp profile to: p.yaml"
}

@test "no live line where standard error is no terminal, or TERM is dumb" {
	types 'snug record -o p.yaml -- sleep 1 2>log; echo "the e"nd'
	sleep 0.8
	shows_no_live_line
	sees "the end"
	! LC_ALL=C grep -q $'\e' log || false
	types 'clear; TERM=dumb snug record -o p.yaml -- sleep 1; echo "the e"nd'
	sleep 0.8
	shows_no_live_line
	sees "the end"
	[ -z "$(tmux -L "$socket" capture-pane -p -e | tr -dc '\033')" ]
}

@test "what can be pasted can be pasted: odd words are quoted" {
	cp /bin/true "two words"
	types 'snug record -n -o "a b.yaml" -- "./two words" "it'"'"'s" "" $'"'"'\e[31m'"'"
	sees "run under it: snug run -p 'a b.yaml' -- './two words' 'it'\\''s' '' \$'\\033[31m'"
}

@test "Ctrl-C: once to the command, the profile is written" {
	types 'snug record -o p.yaml -- sh -c '\''trap "echo got-it" INT; >begun; while [ ! -e end ]; do sleep 0.02; done; exit 5'\'
	wait_until test -e begun
	presses C-c
	sees got-it
	sleep 0.3
	same "$(screen | grep -cx 'got-it\|^Cgot-it\|.*Cgot-it')" 1
	: >end
	status_seen 5
	rm begun
	types 'clear; snug record -o q.yaml -- sh -c "echo >begun; exec sleep 60"'
	wait_until test -e begun
	presses C-c
	sees "profile: q.yaml"
	status_seen 130
	has q.yaml "kind: SeccompProfile"
	terminal_is_clean
}

@test "Ctrl-\\ too" {
	types 'ulimit -c 0; snug record -o p.yaml -- sh -c "echo >begun; exec sleep 60"'
	wait_until test -e begun
	presses "C-\\"
	sees "profile: p.yaml"
	status_seen 131
}

@test "Ctrl-Z stops the job, fg and bg continue it" {
	types 'snug record -n -o p.yaml -- sh -c '\''echo $$ >begun.new; mv begun.new begun; while [ ! -e end ]; do sleep 0.02; done; exit 6'\'
	wait_until test -s begun
	wait_until last_row_has 'recording [0-9]+ s'
	presses C-z
	sees "Stopped"
	wait_until is_in_state "$(cat begun)" T
	shows_no_live_line
	status_seen 148
	terminal_is_clean
	types 'clear; jobs -l'
	sees "Stopped"
	types 'clear; fg'
	wait_until last_row_has 'recording [0-9]+ s'
	wait_until eval '! is_in_state "$(cat begun)" T'
	presses C-z
	sees "Stopped"
	wait_until is_in_state "$(cat begun)" T
	# in the background nothing is drawn
	types 'clear; bg'
	wait_until eval '! is_in_state "$(cat begun)" T'
	sleep 0.5
	shows_no_live_line
	: >end
	types 'wait %1'
	status_seen 6
	has p.yaml "kind: SeccompProfile"
}

@test "SIGSTOP for the command stops the job; SIGCONT for snug continues it" {
	types 'snug record -q -o p.yaml -- sh -c '\''echo $$ $PPID >begun.new; mv begun.new begun; while [ ! -e end ]; do sleep 0.02; done'\'
	wait_until test -s begun
	read -r child snug <begun
	kill -STOP "$child"
	sees "Stopped"
	wait_until is_in_state "$snug" T
	kill -CONT "$snug"
	wait_until eval '! is_in_state "$child" T'
	# SIGTSTP that somebody sends reaches the command, and so stops the job
	kill -TSTP "$snug"
	wait_until is_in_state "$snug" T
	wait_until is_in_state "$child" T
	: >end
	types fg
	wait_until test -s p.yaml
	status_seen 0
}

@test "Ctrl-Z stops a recorder that waits for programs by name" {
	need_bpf
	types 'snug record --no-proc-start -o p.yaml nosuchprogram'
	sees "Ctrl-C ends"
	presses C-z
	sees "Stopped"
	types 'fg'
	wait_until has_job
	presses C-c
	sees "nothing was recorded"
	status_seen 1
	terminal_is_clean
}

@test "the command reads from the terminal" {
	types 'snug record -q -o p.yaml -- cat'
	# before that it is the shell that shows what is typed
	wait_until has_job
	types 'typed words'
	wait_until eval '(($(screen | grep -cx "typed words") == 2))'
	presses C-d
	status_seen 0
}

@test "an interactive shell with jobs of its own works inside" {
	types 'PS1="in""ner: " snug record -n -o p.yaml -- bash --norc --noprofile -i'
	sees "inner:"
	types 'sh -c ">begun; exec sleep 61"'
	wait_until test -e begun
	presses C-z
	sees "Stopped"
	# by its number, bash does not continue it as well: it cannot end before fg
	types 'jobs; kill $(jobs -p); fg; echo "job control"=$?'
	sees "job control=143"
	presses C-c
	sees "^C"
	types 'exit 7'
	sees "profile: p.yaml"
	status_seen 7
	terminal_is_clean
}

@test "the live line follows the size of the terminal" {
	types 'snug record -q=false -o p.yaml -- sh -c "while [ ! -e end ]; do sleep 0.1; done"'
	wait_until last_row_has 'recording [0-9]+ s'
	tmux -L "$socket" resize-window -x 70 -y 16
	wait_until eval 'screen | sed -n 16p | grep -qE "recording [0-9]+ s"'
	wait_until has_one_live_line
	tmux -L "$socket" resize-window -x 90 -y 24
	wait_until last_row_has 'recording [0-9]+ s'
	wait_until has_one_live_line
	: >end
	sees "profile: p.yaml"
	shows_no_live_line
}

@test "output of the command scrolls above the live line and is complete" {
	mkfifo gate
	types 'clear; snug record -n -o p.yaml -- sh -c "for i in 1 2 3 4 5 6 7 8 9; do seq \$i 100 | head -n 9; sleep 0.1; done; echo last; cat gate; echo really"'
	wait_until last_row_has 'recording [0-9]+ s'
	sees last
	wait_until has_one_live_line
	: >gate
	sees "profile: p.yaml"
	same "$(tmux -L "$socket" capture-pane -p -S - | grep -cE '^[0-9]+$')" 81
}

@test "the terminal goes away: the command is told, the profile is written" {
	socket=$socket-2
	# snug is the leader of the session
	terminal snug record -n -o p.yaml -- sh -c 'trap "echo >hup; exit 3" HUP; echo >begun; while :; do sleep 0.02; done'
	wait_until test -e begun
	tmux -L "$socket" kill-server
	wait_until test -e hup
	wait_until test -s p.yaml
	allows p.yaml execve
	# and from a shell
	rm hup begun p.yaml
	socket=${socket%-2}
	types 'snug record -n -o p.yaml -- sh -c '\''trap "echo >hup; exit 3" HUP; echo >begun; while :; do sleep 0.02; done'\'
	wait_until test -e begun
	tmux -L "$socket" kill-server
	wait_until test -e hup
	wait_until test -s p.yaml
}

@test "NO_COLOR and colours: the number is bold only where it may be" {
	types 'snug record -n -o p.yaml -- true'
	sees "system calls recorded"
	tmux -L "$socket" capture-pane -p -e >screen
	grep -q $'\e\[1m[0-9]* system calls' screen
	# the words of the first run stay on the screen until "clear" has run
	types 'clear; NO_COLOR=1 snug record -n -o p.yaml -- printf "%s%s\n" with out'
	sees "without" "system calls recorded"
	tmux -L "$socket" capture-pane -p -e >screen
	! grep -q $'\e\[1m' screen || false
}

@test "NO_COLOR: the live line is there, but not in reverse video" {
	mkfifo gate
	types 'snug record -n -o p.yaml -- cat gate'
	wait_until last_row_has '^ recording [0-9] s'
	tmux -L "$socket" capture-pane -p -e >screen
	grep -q $'\e\[7m' screen
	: >gate
	sees "system calls recorded"
	types 'clear; NO_COLOR=1 snug record -n -o p.yaml -- cat gate'
	wait_until last_row_has '^ recording [0-9] s'
	tmux -L "$socket" capture-pane -p -e >screen
	! grep -q $'\e\[[0-9;]*7m' screen || false
	: >gate
	sees "system calls recorded"
	terminal_is_clean
}
