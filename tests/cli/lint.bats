#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug lint: what users see of it.  What each rule finds is in tests/cases/lint.
# bats file_tags=beside

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
	cat >good.json <<-X
		{
		  "defaultAction": "SCMP_ACT_ERRNO",
		  "defaultErrnoRet": 38,
		  "syscalls": [
		    {
		      "names": ["execve", "exit", "exit_group", "rt_sigreturn", "restart_syscall", "read", "write"],
		      "action": "SCMP_ACT_ALLOW"
		    }
		  ]
		}
	X
	sed 's/"read"/"keyctl", "opne"/' good.json >bad.json
}

lint() {
	try "$SNUG" lint --kernel 6.1 "$@"
}

# sarif FILTER: the log satisfies it
sarif() {
	jq -e "$1" out >/dev/null || {
		echo "not so: $1"
		jq . out
		return 1
	} >&2
}

@test "nothing to find: exit status 0, nothing printed" {
	lint good.json
	status_is 0
	is_empty out err
}

@test "a finding: file, line, column, severity, entry, message, rule; the fix below" {
	lint bad.json
	status_is 1
	is_empty err
	same "$(wc -l <out)" 4
	has out "bad.json:5:5: warning: syscalls[0]: keyctl allowed: " " [risk-keyring]" "    fix: remove the calls" \
		"bad.json:5:5: warning: syscalls[0]: unknown system call 'opne': runtimes leave it out [unknown-syscall]" \
		"    fix: did you mean 'open'?"
}

@test "--level: what is shown, and what the exit status is about" {
	lint -l error bad.json
	status_is 0
	is_empty out
	lint -l note good.json
	status_is 1
	has out " note: " "[companion-arch]"
	has_not out " warning: "
	sed 's/ERRNO/LOG/' good.json >log.json
	lint --level warning log.json
	status_is 1
	lint --level nothing good.json
	status_is 2
	has err "--level: 'nothing' is none of note, warning, error"
}

@test "--disable, --only: rules and groups, repeated and with commas" {
	lint -d risk-keyring bad.json
	has_not out risk-keyring
	has out unknown-syscall
	lint -d risk-keyring,unknown-syscall bad.json
	status_is 0
	lint -d risk -d mistake bad.json
	status_is 0
	lint --only risk bad.json
	has out risk-keyring
	has_not out unknown-syscall
	lint --only risk --disable risk-keyring bad.json
	status_is 0
	for option in --only --disable; do
		lint $option risk-keyrings bad.json
		status_is 2
		is_empty out
		has err "$option: unknown rule 'risk-keyrings' (did you mean 'risk-keyring'?)"
	done
	lint -d x bad.json
	has err "--list-rules has them"
}

@test "--libseccomp and --kernel" {
	sed 's/"read"/"openat2"/' good.json >new.json
	lint --libseccomp 2.4.3 new.json
	status_is 1
	has out "openat2: not known to libseccomp 2.4.3" "use libseccomp 2.5 or later"
	lint --libseccomp 2.5 new.json
	status_is 0
	try "$SNUG" lint -l note --only newer-than-kernel --kernel 5.5 new.json
	status_is 1
	has out "openat2: Linux 5.5 does not have it"
	try "$SNUG" lint -l note --only newer-than-kernel --kernel 5.6 new.json
	status_is 0
	lint --libseccomp two new.json
	status_is 2
	has err "--libseccomp: 'two' is no version"
	try "$SNUG" lint --kernel six new.json
	status_is 2
	has err "--kernel: 'six' is no version"
}

@test "--caps: what the kernel refuses anyway is a note" {
	sed 's/"read"/"init_module"/' good.json >module.json
	lint module.json
	status_is 0
	lint --caps SYS_MODULE module.json
	status_is 1
	has out "error: syscalls[0]: init_module allowed"
	lint --caps nonsense module.json
	status_is 2
	has err "unknown capability 'nonsense'"
}

@test "--arch: conditions hold for the machine that is named" {
	sed 's/"ALLOW"/&/; s/"action"/"includes": {"arches": ["arm64"]}, "action"/' bad.json >arm.json
	lint --only risk --arch aarch64 arm.json
	has out risk-keyring
	lint --only risk --arch amd64 arm.json
	is_empty out
	lint --arch vax arm.json
	status_is 2
	has err "--arch: unknown architecture 'vax'"
}

@test "several files, standard input, a recording, a unit, YAML" {
	lint good.json bad.json good.json
	status_is 1
	same "$(grep -c '^bad.json' out)" 2
	lint - <bad.json
	has out "<stdin>:5:5: warning:"
	cat >unit.service <<-X
		[Service]
		SystemCallFilter=read keyctl
		SystemCallErrorNumber=EPERM
	X
	lint unit.service
	status_is 1
	has out "unit.service:2:1: warning: syscalls[0]: keyctl allowed"
	cat >r.yaml <<-X
		apiVersion: security-profiles-operator.x-k8s.io/v1
		kind: SeccompProfile
		metadata:
		  name: r
		spec:
		  defaultAction: SCMP_ACT_LOG
		  state: Disabled
	X
	lint r.yaml
	has out "r.yaml: warning: state is Disabled" "r.yaml: warning: the default is SCMP_ACT_LOG"
	cat >rec.json <<-X
		{ "snugRecording": 1, "engine": "bpf", "arch": "aarch64", "kernel": "6.1.0",
		  "start": "2026-01-02T03:04:05.000006Z", "durationUs": 1, "command": ["x"], "exit": {"code": 0},
		  "complete": true, "lost": {}, "calls": {"aarch64": [{"nr": 280, "name": "bpf"}]}, "execs": [] }
	X
	lint rec.json
	has out "rec.json: warning: bpf allowed" "exit_group is refused (aarch64)"
}

@test "--format json: an object with all that the text has" {
	lint -f json bad.json good.json
	status_is 1
	jq -e '.profiles | map(.file) == ["bad.json", "good.json"]' out
	jq -e '.profiles[0].findings | map(.rule) == ["unknown-syscall", "risk-keyring"]' out
	jq -e '.profiles[0].findings[1] | .severity == "warning" and .group == "risk" and .line == 5 and
		.column == 5 and .entry == 0 and .names == ["keyctl"] and (.message | length > 0) and
		(.fix | length > 0)' out
	jq -e '.profiles[1].findings == [] and .count == {error: 0, warning: 2, note: 0}' out
}

@test "--format sarif: what the standard asks for" {
	lint -f sarif -l note bad.json
	status_is 1
	sarif '.version == "2.1.0" and (.["$schema"] | test("sarif")) and (.runs | length == 1)'
	sarif '.runs[0].tool.driver | .name == "snug" and (.version | length > 0)'
	sarif '[.runs[0].tool.driver.rules[] | select((.id | test("^[a-z-]+$") | not) or
		(.help.text | length == 0) or (.shortDescription.text | endswith(".") | not) or
		(.defaultConfiguration.level | IN("note", "warning", "error") | not))] == []'
	sarif '.runs[0].tool.driver.rules | (map(.id) | unique | length) == length'
	sarif '.runs[0] | .tool.driver.rules as $rules |
		all(.results[]; $rules[.ruleIndex].id == .ruleId and (.message.text | length > 0) and
			(.level | IN("note", "warning", "error")))'
	sarif 'all(.runs[0].results[].locations[0].physicalLocation;
		.artifactLocation.uri == "bad.json" and .region.startLine >= 1 and .region.startColumn >= 1)'
	sarif '.runs[0].results[] | select(.ruleId == "risk-keyring") | .locations[0] |
		.physicalLocation.region == {startLine: 5, startColumn: 5} and
		.logicalLocations[0].fullyQualifiedName == "syscalls[0]"'
	lint -f sarif good.json
	status_is 0
	sarif '.runs[0].results == []'
}

@test "hostile names: escaped in text, whole in JSON, percent signs in SARIF" {
	local name=$'x\e[31m y%.json'

	sed 's/"read"/"zz\\u001b[31m\\n"/' good.json >"$name"
	lint "$name"
	status_is 1
	has out 'x\x1b[31m y%.json:5:5: warning:' "'zz\\x1b[31m\\x0a'"
	has_not out $'\e'
	lint -f json "$name"
	jq -e '.profiles[0] | .file == "x\u001b[31m y%.json" and .findings[0].names == ["zz\u001b[31m\n"]' out
	lint -f sarif "$name"
	sarif '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri == "x%1B%5B31m%20y%25.json"'
	lint -f sarif "$work/bad.json"
	sarif '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri | startswith("file:///")'
}

@test "-o: a file that is whole or not there" {
	lint -o found bad.json
	status_is 1
	is_empty out
	has found risk-keyring
	lint -f sarif -o found good.json
	status_is 0
	jq -e '.version' found
	echo old >found
	lint -o found bad.json no-file
	status_is 2
	same "$(cat found)" old
	lint -o no/such/dir bad.json
	status_is 2
	# the order of the words is easy to mix up
	cp bad.json before
	ln -s bad.json link.json
	for file in bad.json ./bad.json link.json; do
		lint -o "$file" good.json bad.json
		status_is 2
		has err "bad.json: is a profile and the output at once"
		cmp bad.json before
	done
	rm link.json before
	nothing_left
	try bash -c '"$SNUG" lint bad.json >/dev/full'
	status_is 2
}

@test "no rule left to run is a mistake, and not a profile without fault" {
	for words in "--only=" "--only risk --disable risk" "--disable mistake,compatibility,risk"; do
		# shellcheck disable=SC2086 # words
		lint $words bad.json
		status_is 2
		is_empty out
		has err "--only and --disable leave no rule to run"
	done
	lint --disable= bad.json
	status_is 1
}

@test "errors: status 2, one line, nothing on standard output" {
	echo '{' >broken
	: >empty
	for file in broken empty no-file .; do
		lint good.json "$file"
		status_is 2
		is_empty out
		one_line err
		has err "$file"
	done
	lint
	status_is 2
	has err "no profile provided"
	lint -f xml good.json
	status_is 2
	has err "--format: 'xml' is none of text, json, sarif"
	lint -f markdown good.json
	status_is 2
	lint --list-rules -f sarif
	status_is 2
	has err "none of text, json, markdown"
}

@test "--list-rules: every rule once, in text, JSON and Markdown" {
	lint --list-rules
	status_is 0
	sed -n 's/^  \([a-z-]*\) .*/\1/p' out | sort >ids
	(($(wc -l <ids) > 40))
	same "$(uniq -d ids)" ""
	lint --list-rules -f json
	jq -r '.[].id' out | sort | cmp - ids
	jq -e 'all(.[]; .title and .reason and .fix and .group and .severity)' out
	lint --list-rules -f markdown
	sed -n 's/^### //p' out | sort | cmp - ids
}

@test "docs/lint-rules.md is what the rules make (tools/update-lint-rules)" {
	"$SNUG" lint --list-rules --format markdown | diff - "$repo/docs/lint-rules.md"
}

@test "containers-common's profile: few findings, those that are known to be true" {
	[[ -e /usr/share/containers/seccomp.json ]] || skip "containers-common's profile is not installed"
	lint docker-default
	status_is 1
	(($(grep -c '^docker-default' out) < 15))
	has out risk-namespaces risk-mount risk-ptrace
	# what it gets right
	has_not out risk-kernel-code risk-bpf risk-userfaultfd risk-io-uring risk-personality missing- \
		eperm-for-new-calls unknown-syscall not-loadable
}

@test "what snug itself derives loads, and lacks nothing but signals" {
	need_bpf
	"$SNUG" record -q -n -t raw-seccomp -o ls.json -- ls / >/dev/null
	try "$SNUG" lint --only mistake -l note ls.json
	status_is 0
	try "$SNUG" lint -l error ls.json
	status_is 0
}
