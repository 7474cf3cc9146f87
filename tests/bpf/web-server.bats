#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The case of the README: a web server that opens sockets of IPv4, IPv6 and UNIX, with a hole that
# lets a visitor run code in it, and an exploit that goes for the kernel's crypto sockets.

# shellcheck disable=SC2154,SC2034  # bpf-test.bash sets and takes them
load ../lib/bpf-test

python=/usr/bin/python3

# It says where it listens in ./port, serves as many requests as it is told, and ends.
server='
import http.server, os, socket, sys, urllib.parse

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        url = urllib.parse.urlparse(self.path)
        answer = "hello\n"
        if url.path == "/calc":  # the hole
            try:
                answer = "%s\n" % eval(urllib.parse.unquote(url.query))
            except Exception as e:
                answer = "%s\n" % e
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer.encode())
    def log_message(self, form, *args):
        log.send((form % args).encode())

class Server6(http.server.HTTPServer):
    address_family = socket.AF_INET6

log, reader = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
    try:
        Server6(("::1", 0), Handler).server_close()
    except OSError:
        pass  # no IPv6 here
    with open("port.new", "w") as f:
        f.write("%d\n" % server.server_port)
    os.rename("port.new", "port")
    for request in range(int(sys.argv[1])):
        server.handle_request()
'

exploit='__import__("socket").socket(38,5,0).family' # AF_ALG, SOCK_SEQPACKET

setup() {
	need_bpf
	[[ -x $python ]] || skip "$python is not here"
	fresh_work_dir "$work"
	printf '%s' "$server" >server.py
	serve=("$python" -I -S -B "$work/server.py")
	server_pid=
}

teardown() {
	show_failure "${state:-}"
	[[ -z $server_pid ]] || kill "$server_pid" 2>/dev/null || true
}

# ask PATH: what the server answers
ask() {
	local port line

	wait_for port
	port=$(cat port)
	exec 9<>"/dev/tcp/127.0.0.1/$port"
	printf 'GET %s HTTP/1.0\r\n\r\n' "$1" >&9
	while read -r line <&9; do
		[[ $line != $'\r' ]] || break
	done
	cat <&9
	exec 9<&-
}

# start COMMAND...: in the background
start() {
	rm -f port
	become_in_clean_env "$@" >"$state/out" 2>"$state/err" 3>&- &
	server_pid=$!
}

stop() {
	wait "$server_pid"
	server_pid=
}

@test "the call-level profile lets the exploit pass, the one with arguments stops it and says so" {
	start "$SNUG" record -q -n --args -t raw-seccomp -o "$state/web.json" \
		--recording "$state/web.recording" -- "${serve[@]}" 3
	[[ $(ask /) == hello ]]
	[[ $(ask /index.html) == hello ]]
	[[ $(ask '/calc?6*7') == 42 ]]
	stop
	"$SNUG" derive -q -n -t raw-seccomp -o "$state/calls.json" "$state/web.recording"

	# what it may open, by name
	"$SNUG" show "$state/web.json" >"$state/shown"
	grep -q 'socket(AF_INET' "$state/shown"
	grep -q 'socketpair(AF_UNIX' "$state/shown"
	run grep -q AF_ALG "$state/shown"
	((status == 1))

	start "$SNUG" run -q -p "$state/calls.json" -- "${serve[@]}" 2
	[[ $(ask '/calc?6*7') == 42 ]]
	answer=$(ask "/calc?$exploit")
	# the kernel may have no such sockets, but it was asked
	[[ $answer == *AF_ALG* || $answer == *"Address family not supported"* ]]
	stop

	start "$SNUG" run --explain -p "$state/web.json" -- "${serve[@]}" 3
	[[ $(ask '/calc?6*7') == 42 ]]
	[[ $(ask "/calc?$exploit") == *"Operation not permitted"* ]]
	[[ $(ask /) == hello ]] # it goes on serving
	stop
	grep -q 'refused socket(AF_ALG, SOCK_SEQPACKET|SOCK_CLOEXEC, IPPROTO_IP)' "$state/err"
}
