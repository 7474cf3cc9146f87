#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug report: what goes into a page.  report-browser.bats: what a person sees of it.
# bats file_tags=beside

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli
load ../lib/report

setup() {
	enter_work_dir
	report_inputs
}

# row NAME: the row of a call, on one line
row() {
	grep -F "<code>$1</code>" out | grep '^<tr data-v'
}

@test "a profile alone: figures, answers, no column of what only recordings know" {
	report web.json
	status_is 0
	has out "<!DOCTYPE html>" "<title>web.json - system calls</title>" "10 <small>of " "Calls attackers use" \
		"and 1 more, depending on their arguments"
	[[ $(row read) == '<tr data-v="allowed" data-c="files" data-o="" '* ]]
	[[ $(row bpf) == *'data-f=" risk'*'class="tag risk">risk</span>'* ]]
	[[ $(row socket) == '<tr data-v="sometimes" '*'<code>socket(AF_INET, ...); else EPERM</code>'* ]]
	[[ $(row mount) == '<tr data-v="refused" '*'>EPERM</span>'* ]]
	has_not out "First seen" 'id="recordings"' 'id="denials"'
}

@test "a recording beside it: first seen, process, origin; what would break; the curve and its moments" {
	report web.json run.json
	status_is 0
	[[ $(row read) == *'data-o="workload"'*'data-s="900">900 us</td><td class="name">web <small>7</small></td><td>workload</td>'* ]]
	[[ $(row close) == *'data-o="runtime"'*'<td>runtime baseline<br><small>runc 1.1.5</small></td>'* ]]
	[[ $(row openat) == *'data-o="unseen"'*'<td>not seen</td>'* || $(row openat) == *'<td>base set</td>'* ]]
	[[ $(row uname) == *'broken"'*'seen, refused'* ]]
	has out "7 distinct calls; the last new one after 150.00 ms, nothing new in the last 99" \
		"500 us: process 7 executes <code>/usr/sbin/web</code>" "listens, first <code>listen</code>" \
		"3.60 ms: process 7 is ready to serve, first <code>accept4</code>" '<svg class="curve"' \
		"the recorded runs would not work as they did"
}

@test "recordings alone: the profile is the one that derive makes" {
	report run.json
	status_is 0
	has out "The profile that <code>snug derive</code> makes of <strong>run.json</strong>" "the recorded runs would work"
	"$SNUG" derive -t raw-seccomp -o derived.json run.json 2>/dev/null
	names_of derived.json | sort >want
	grep '^<tr data-v="allowed"' out | sed 's/.*<th scope="row" class="name"><code>\([^<]*\)<.*/\1/' | sort >got
	diff want got
}

@test "several profiles side by side: what differs is marked" {
	report web.json next.json docker-default
	status_is 0
	[[ $(row bpf) == *' differs'*'allowed'*'EPERM'* ]]
	[[ $(row uname) == *' differs'* ]]
	has out '<h2 id="h-profiles">Side by side</h2>' "1 more, 1 fewer" 'data-k="p3">docker-default</th>' \
		'<dt>Beside docker-default</dt>'
	same "$(grep -c 'data-k="p' out)" 1
	same "$(grep -o 'data-k="p[0-9]' out | wc -l)" 3
}

@test "denials of snug run and snug audit: listed, counted, and marked in the list of calls" {
	report web.json refused.json audit.json
	status_is 0
	has out '<td class="number">3</td><th scope="row" class="wide"><code>uname(...)</code></th><td class="name">web</td>' \
		"<code>mount</code></th><td class=\"name\">/usr/sbin/web</td>" "2026-11-20T14:39:01.000Z" \
		"<code>selinux read shadow</code>" "3 different ones"
	[[ $(row uname) == *' denied'*'data-s="3">3</td></tr>' ]]
	[[ $(row mount) == *' denied'*'data-s="2">2</td></tr>' ]]
}

# A run that was looked at more closely: arguments, and what a filter refused.
closer_run() {
	jq --argjson from "${1:-0}" '.calls.x86_64 |= map(if .name == "socket" then
			.args = {index: [0, 1, 2], mask: [4294967295, 15, 4294967295], values: [[1, 1, 0], [2, 1, 6]]}
			else . end)
		| .filtered = true | .denialsFromUs = $from
		| .denied.x86_64 = [
			{nr: 165, name: "mount", result: "EPERM", count: 5, firstUs: 3600, pid: 7, comm: "<b>\u202e\u001b[31m&"},
			{nr: 999, result: "killed", count: 1, firstUs: 4000, pid: 7, comm: "web"},
			{nr: 4294967295, result: "trapped", count: 1, firstUs: 4000, pid: 7, comm: ""}]' run.json
}

@test "arguments that recordings have: by name, those of all recordings once, and what is missing is said" {
	need_command jq
	closer_run >closer.json
	report web.json closer.json
	status_is 0
	[[ $(row socket) == *'else EPERM</code><br><small>seen: <code>(AF_UNIX, SOCK_STREAM, IPPROTO_IP)</code>, <code>(AF_INET, SOCK_STREAM, IPPROTO_TCP)</code></small>'* ||
		$(row socket) == *'else EPERM</code><br><small>seen: <code>(AF_UNIX, SOCK_STREAM, 0)</code>, <code>(AF_INET, SOCK_STREAM, IPPROTO_TCP)</code></small>'* ]]
	[[ $(row read) != *'seen:'* ]]
	# the profile refuses AF_UNIX: the run would not work, although the call is allowed sometimes
	[[ $(row socket) == *' broken"'*'seen, refused'* ]]
	report --json web.json closer.json
	jq -e '.seenButRefused == 2 and .mayBeRefused == 0 and (.calls[] | select(.name == "socket") |
		.refused and (.seenArgs | length) == 2 and .seenArgs[1] == "(AF_INET, SOCK_STREAM, IPPROTO_TCP)" and
		.seenArgsComplete)' out >/dev/null
	# a second recording has one of them again, another one, and not all
	jq '.calls.x86_64 |= map(if .args then .args.values = [[2, 1, 6], [10, 1, 6]] | .args.cut = true else . end)' \
		closer.json >second.json
	report web.json closer.json second.json run.json
	[[ $(row socket) == *'<code>(AF_INET, SOCK_STREAM, IPPROTO_TCP)</code>, <code>(AF_INET6, SOCK_STREAM, IPPROTO_TCP)</code>; and with others that were not noted; not every recording looked at them</small>'* ]]
	same "$(row socket | grep -o 'AF_INET,[^<]*<' | wc -l)" 2
	report --json web.json closer.json second.json
	jq -e '.calls[] | select(.name == "socket") | (.seenArgs | length) == 3 and .seenArgsComplete == false' out >/dev/null
	jq '.calls.x86_64 |= map(if .args then .args.values = [] | .args.cut = true else . end)' closer.json >second.json
	report web.json second.json
	[[ $(row socket) == *'seen: with arguments that were not noted</small>'* ]]
	# many: the cell stays small, JSON has more, and no more than the limit
	jq '.calls.x86_64 |= map(if .args then .args.values = [range(300) | [2, 1, .]] else . end)' closer.json >second.json
	report web.json second.json
	[[ $(row socket) == *' and over 240 more</small>'* ]]
	same "$(row socket | grep -o '(AF_INET, SOCK' | wc -l)" 16
	report --json web.json second.json
	jq -e '.calls[] | select(.name == "socket") | (.seenArgs | length) == 256 and .seenArgsComplete == false' out >/dev/null
}

@test "without recorded arguments a call that is allowed by argument is not said to work" {
	grep -v uname run.json >plain.json
	report web.json plain.json
	status_is 0
	has out "1 depends on what was not recorded"
	has_not out "the recorded runs would work"
}

@test "denials that recordings have: listed with their time, counted, and what could not be seen is said" {
	need_command jq
	closer_run >closer.json
	report web.json closer.json
	status_is 0
	has out '<td class="number">5</td><th scope="row" class="wide"><code>mount</code></th><td class="name">&#60;b&#62;' \
		'EPERM</span></td><td>3.60 ms into closer.json</td></tr>' "<code>call 999 (x86_64)</code>" \
		"<code>call -1 (x86_64)</code>" "3 different ones</dd>" 'href="#denials"'
	no_match -aP '\x1b|\xe2\x80\xae' out
	has_not out "not known.</p>" "could not be watched" '<th scope="col">Last</th>'
	[[ $(row mount) == *' denied'*'data-s="5">5</td></tr>' ]]
	report --json web.json closer.json audit.json
	jq -e '.denials == 10 and (.denied | length) == 5 and .recordings[0].filtered and .recordings[0].denialsFromUs == 0
		and .deniedMore == 0 and any(.denied[]; .call == "mount" and .outcome == "EPERM" and .count == 5)
		and (.calls[] | select(.name == "mount") | .denials == 7)' out >/dev/null
	# watched late
	closer_run 2500000 >late.json
	report web.json late.json
	has out "Calls that were answered with an errno in the first 2.50 s of late.json are not known." "not all could be seen"
	# not watched: and nothing seen is not nothing refused
	jq 'del(.denialsFromUs, .denied)' closer.json >blind.json
	report web.json blind.json
	has out "Nothing was seen to be refused." "nothing was seen to be refused; not all could be seen" \
		"could not be watched for in <strong>blind.json</strong>: only those that were trapped or killed are known."
	has_not out "Nothing was refused"
	# more than a recording holds
	jq '.lost.denials = 4 | .complete = false' closer.json >lossy.json
	report web.json lossy.json
	has out "4 refused calls were too many different ones for a recording, and are not counted."
	# watched, and nothing
	jq 'del(.denied)' closer.json >clean.json
	report web.json clean.json
	has out "<p>Nothing was refused.</p>"
	has_not out "not all could be seen"
	# no filter, nothing to say
	report web.json run.json
	has_not out 'id="denials"'
}

@test "denials of snug watch" {
	printf '%s\n' '{"type":"denial","time":"2026-11-20T14:39:01.000Z","last":"2026-11-20T14:40:01.000Z","pid":9,"comm":"<i>\u202e","exe":"/opt/<i>","arch":"x86_64","nr":165,"syscall":"mount","result":"EPERM","count":4}' \
		'{"type":"denial","time":"2026-11-20T14:39:01.000Z","pid":9,"comm":"<i>\u202e","arch":"x86_64","nr":-1,"result":"killed","count":1}' >watch.json
	report web.json watch.json
	status_is 0
	has out '<td class="number">4</td><th scope="row" class="wide"><code>mount</code></th><td class="name">/opt/&#60;i&#62;</td>' \
		"EPERM</span></td><td>2026-11-20T14:39:01.000Z</td><td>2026-11-20T14:40:01.000Z</td>" \
		'<code>call -1 (x86_64)</code></th><td class="name">&#60;i&#62;\xe2\x80\xae</td>'
	[[ $(row mount) == *' denied'*'data-s="4">4</td></tr>' ]]
}

@test "the real documents of snug run --json are read" {
	"$SNUG" run -q -p web.json --explain --json real.json -- uname >/dev/null 2>&1 || true
	[[ -s real.json ]] || skip "snug run --json made nothing here"
	report web.json real.json
	status_is 0
	has out 'id="denials"'
}

@test "findings of lint, the worst first, and the notes folded" {
	report web.json
	"$SNUG" lint --kernel 6.1 --arch amd64 -l note -f json web.json >lint.json || true
	same "$(grep -c '<span class="word s-' out)" "$(jq '.findings // .files[].findings | length' lint.json 2>/dev/null || jq '[.. | objects | select(has("rule"))] | length' lint.json)"
	has out "risk-bpf" "<summary>"
	has_not out "in other profiles"
	# those of other profiles do not bury the subject's
	report next.json web.json
	sed -n '/id="findings"/,/<details>/p' out >first
	has_not first "risk-bpf"
	sed -n '/findings in other profiles/,/<.details>/p' out >others
	has others "risk-bpf" '<td class="name">web.json</td>'
}

@test "the same input gives the same bytes, and a file is replaced as a whole" {
	report -o one.html web.json run.json refused.json
	status_is 0
	is_empty out
	report -o two.html web.json run.json refused.json
	cmp one.html two.html
	nothing_left
	report --title 'A & "B"' -o one.html web.json
	has one.html '<title>A &#38; &#34;B&#34; - system calls</title>'
}

@test "standard input, and standard output by name" {
	try "$SNUG" report -o - - <web.json
	status_is 0
	has out "<title>&#60;stdin&#62; - system calls</title>"
}

@test "the policy names the style and the script by what they hash to" {
	need_command python3
	report web.json run.json
	python3 - out <<-'X'
		import base64, hashlib, re, sys
		page = open(sys.argv[1], encoding="utf-8", newline="").read()
		policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
		for tag, rule in (("style", "style-src"), ("script", "script-src")):
		    text = re.search("<%s>(.*?)</%s>" % (tag, tag), page, re.S).group(1)
		    want = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
		    assert "%s 'sha256-%s'" % (rule, want) in policy, (tag, want, policy)
		assert policy.startswith("default-src 'none'; ")
		assert "unsafe" not in policy
		body = page[page.index("</head>"):page.rindex("<script>")]
		assert not re.search(r"<(script|iframe|img|link|object|embed|base)\b", body)
		assert not re.search(r"\s(on[a-z]+|style|src)\s*=\s*\"", re.sub(r">[^<]*<", "><", body))
		assert not re.search(r"(https?:)?//", re.sub(r">[^<]*<", "><", body))
	X
}

# Everything that others choose says one of these somewhere.
@test "hostile names: no markup of theirs, nothing invisible, nothing that turns text around" {
	need_command python3
	hostile_inputs
	cp evil.json '<script>x&"'
	report --title '</title><script>t' '<script>x&"' evil-run.json evil-refused.json evil-audit.json
	status_is 0
	# tags: only those that a page without hostile names has
	cp out evil.html
	report web.json run.json refused.json audit.json
	tags() {
		python3 -c '
import re, sys
from html.parser import HTMLParser
class P(HTMLParser):
    def handle_starttag(self, tag, attrs):
        print(tag, *sorted(name for name, _ in attrs))
P(convert_charrefs=True).feed(open(sys.argv[1], encoding="utf-8").read())' "$1" | sort -u
	}
	diff <(tags out) <(tags evil.html) | grep '^>' | grep -vxE '> (br|p class|h3|small)' && return 1
	has evil.html '\x01\x1b[31m\x7f' '\xe2\x80\xaegnp.exe' '&#60;script&#62;window.pwned=1'
	no_match -anP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80[\x8b-\x8f\xaa-\xae]|\xef\xbb\xbf' evil.html
	no_match 'x\{513\}' evil.html
}

@test "limits: profiles, recordings, files; each said with its number" {
	report web.json{,,,,,,,,}
	status_is 1
	has err "9 profiles are too many to stand side by side: at most 8"
	# shellcheck disable=SC2046
	report $(yes run.json | head -n 65)
	status_is 1
	has err "65 recordings are too many for one page: at most 64"
	# shellcheck disable=SC2046
	report $(yes run.json | head -n 73)
	status_is 1
	has err "more than 72 files for one page"
}

@test "errors name the file, the place and the way out" {
	report
	status_is 2
	has err "report: a profile or a recording is needed (see 'snug report --help')"
	report refused.json
	status_is 1
	has err "denials alone make no report: add the profile that refused"
	report missing.json
	status_is 1
	has err "missing.json: cannot open: No such file"
	report -o web.json web.json
	status_is 1
	has err "web.json: is an input and the page at once"
	report -o none/r.html web.json
	status_is 1
	has err "none"
	printf '%s\n' '{"type":"seccomp","outcome":"EPERM"}' '{"a":1}' >bad.json
	report web.json bad.json
	status_is 1
	has err "bad.json:2: not a line of 'snug audit --json' or 'snug watch --json'"
	printf '%s\n' '{"type":"seccomp","outcome":"EPERM"}' '{"a":' >bad.json
	report web.json bad.json
	status_is 1
	has err "bad.json:2: line:1:"
	sed 's/"uname"/"open"/' refused.json >bad.json
	report web.json bad.json
	status_is 1
	has err "bad.json:2:" "call 63 of x86_64 is not this, but uname"
	report --arch pdp11 web.json
	status_is 2
	has err "unknown architecture 'pdp11'"
	nothing_left
}

@test "a terminal gets no page" {
	need_command script
	script -qec "$SNUG report web.json" /dev/null >out 2>&1 </dev/null && return 1
	has out "a page is not for a terminal: give -o FILE"
	has_not out "DOCTYPE"
}

@test "--json: what the page says, for scripts" {
	report --json web.json next.json run.json refused.json
	status_is 0
	jq -e '.snugReport == 1 and .arch == "x86_64" and .kernel == "6.1.0" and .title == "web.json"
		and .profiles[0].allowed == 10 and .profiles[0].byArgument == 1 and .profiles[0].risky > 0
		and .profiles[1] .more == 1 and .profiles[1].fewer == 1
		and .recordings == [{source: "run.json", calls: 7, new: 7, durationUs: 60000000, complete: true}]
		and .seen == 7 and .seenButRefused == 1 and .denials == 3
		and (.calls[] | select(.name == "uname") | .denials == 3 and .origin == "workload" and .firstUs == 40
			and .answers[0] == {verdict: "refused", answer: "EPERM"} and .answers[1].verdict == "allowed")
		and (.calls[] | select(.name == "socket") | .answers[0].when == "socket(AF_INET, ...); else EPERM")
		and (.calls[] | select(.name == "close") | .runtime == "runc 1.1.5")
		and (.calls[] | select(.name == "bpf") | .risk)' out >/dev/null
	# the same numbers as snug show has
	"$SNUG" show --json --kernel 6.1 --arch amd64 web.json >show.json
	same "$(jq -c '.profiles[0] | [.known, .allowed, .byArgument]' out)" \
		"$(jq -c '.counts | [.known, .pass, .passWithSomeArguments]' show.json)"
}

@test "origins, answers and findings agree with derive, show and check" {
	need_command jq
	report --json run.json
	"$SNUG" derive -t raw-seccomp -o derived.json run.json 2>/dev/null
	diff <(names_of derived.json | sort) <(jq -r '.calls[] | select(.answers[0].verdict == "allowed") | .name' out | sort)
	report --json web.json run.json
	"$SNUG" check -p web.json --json --kernel 6.1 run.json >check.json 2>/dev/null || true
	same "$(jq -r '.. | objects | select(.result? == "denied") | .name' check.json | sort -u)" uname
	diff <(jq -r '.. | objects | select(.result? == "denied") | .name' check.json | sort -u) \
		<(jq -r '.calls[] | select(.origin == "workload" and .answers[0].verdict == "refused") | .name' out | sort)
}
