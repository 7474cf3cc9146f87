# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What tests of snug report begin with, and read its page by.  After cli.bash.

# report_inputs: web.json and next.json, profiles; run.json, a recording; refused.json and audit.json,
# what was denied.
report_inputs() {
	cat >web.json <<-X
		{
		  "defaultAction": "SCMP_ACT_ERRNO",
		  "architectures": ["SCMP_ARCH_X86_64"],
		  "syscalls": [
		    {"names": ["accept4", "bind", "bpf", "close", "execve", "exit_group", "listen", "openat", "read", "write"],
		     "action": "SCMP_ACT_ALLOW"},
		    {"names": ["socket"], "action": "SCMP_ACT_ALLOW",
		     "args": [{"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]}
		  ]
		}
	X
	sed 's/"bpf", //; s/"write"/"write", "uname"/' web.json >next.json
	cat >run.json <<-X
		{
		  "snugRecording": 1, "engine": "bpf", "arch": "x86_64", "kernel": "6.1.0", "durationUs": 60000000,
		  "command": ["/usr/sbin/web", "-D"], "exit": {"code": 0}, "stoppedEarly": false, "complete": true,
		  "lost": {"news": 0, "tasks": 0, "numbers": 0, "misses": 0, "execs": 0},
		  "calls": {"x86_64": [
		    {"nr": 0, "name": "read", "firstUs": 900, "pid": 7, "comm": "web"},
		    {"nr": 1, "name": "write", "firstUs": 150000, "pid": 7, "comm": "web"},
		    {"nr": 41, "name": "socket", "firstUs": 3000, "pid": 7, "comm": "web"},
		    {"nr": 50, "name": "listen", "firstUs": 3500, "pid": 7, "comm": "web"},
		    {"nr": 59, "name": "execve", "firstUs": 0, "pid": 7, "comm": "sh"},
		    {"nr": 63, "name": "uname", "firstUs": 40, "pid": 7, "comm": "web"},
		    {"nr": 288, "name": "accept4", "firstUs": 3600, "pid": 7, "comm": "web"}]},
		  "execs": [{"atUs": 0, "pid": 7, "comm": "sh", "path": "/bin/sh"},
		            {"atUs": 500, "pid": 7, "comm": "web", "path": "/usr/sbin/web"}],
		  "baselines": [{"label": "runc 1.1.5", "names": ["close", "write"]}]
		}
	X
	cat >refused.json <<-X
		{"snugRefusals": 1, "profile": "web.json", "refused": [
		  {"arch": "x86_64", "nr": 63, "name": "uname", "action": "SCMP_ACT_ERRNO", "errnoRet": 1,
		   "count": 3, "pid": 7, "comm": "web", "call": "uname(...)"}], "more": 0}
	X
	printf '%s\n' '{"type":"seccomp","executable":"/usr/sbin/web","syscall":"mount","nr":165,"arch":"x86_64","outcome":"EPERM","count":2,"first":"2026-11-20T14:39:01.000Z","last":"2026-11-20T14:40:01.000Z"}' \
		'{"type":"selinux","comm":"web","verdict":"denied","perms":"read","name":"shadow","outcome":"denied","count":1}' >audit.json
}

# hostile_inputs: the same as evil*.json, with names that try to be more than text.
hostile_inputs() {
	python3 - <<-'X'
		import json
		evil = ['<script>window.pwned=1</script>', '</style><img src=x onerror=alert(1)>', '"><svg onload=alert(1)>',
		        "' onmouseover='alert(1)", '\u202egnp.exe', '\u0001\u001b[31m\u007f', '&lt;b&gt; &amp;', '</script><script>pwned=1</script>',
		        '<!--', ']]>', '\ufeff\u200b', 'x' * 4096]
		web = json.load(open("web.json"))
		web["syscalls"].append({"names": [e[:128] for e in evil[:-1]] + ["y" * 128], "action": "SCMP_ACT_ALLOW"})
		web["syscalls"].append({"names": ["getpid"], "action": "SCMP_ACT_ALLOW", "comment": evil[0]})
		json.dump(web, open("evil.json", "w"))
		run = json.load(open("run.json"))
		run["command"] = evil
		run["kernel"] = run["engine"] = run["start"] = evil[0]
		for call, e in zip(run["calls"]["x86_64"], evil):
		    call["comm"] = e
		run["execs"] = [{"atUs": i, "pid": i, "comm": e, "path": e} for i, e in enumerate(evil)]
		run["baselines"] = [{"label": evil[1], "names": ["close"]}]
		json.dump(run, open("evil-run.json", "w"))
		refused = json.load(open("refused.json"))
		refused["refused"] = [dict(refused["refused"][0], comm=e, call=e) for e in evil]
		json.dump(refused, open("evil-refused.json", "w"))
		with open("evil-audit.json", "w") as f:
		    for e in evil:
		        f.write(json.dumps({"type": e, "executable": e, "comm": e, "syscall": e, "outcome": e, "first": e, "last": e}) + "\n")
	X
}

report() {
	try "$SNUG" report --kernel 6.1 --arch amd64 "$@"
}

# no_match GREP-ARGUMENTS...
no_match() {
	! grep "$@" >&2
}
