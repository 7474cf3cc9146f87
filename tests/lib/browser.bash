# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A headless Chromium, driven through its debugging pipe: JSON messages with a NUL behind each
# (chromedevtools.github.io/devtools-protocol).  Whatever is no answer is an event and goes to
# $work/events, a line each.

# shellcheck disable=SC2154  # cli.bash sets work

# browser_start: one window without a page.
browser_start() {
	local target

	mkfifo "$work/to-browser" "$work/from-browser"
	chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
		--disable-background-networking --disable-component-update --hide-scrollbars \
		--user-data-dir="$work/browser" --remote-debugging-pipe about:blank \
		3<"$work/to-browser" 4>"$work/from-browser" >"$work/browser.log" 2>&1 &
	browser_pid=$!
	exec {to_browser}>"$work/to-browser" {from_browser}<"$work/from-browser"
	browser_id=0
	browser_session=""
	: >"$work/events"
	browser Target.createTarget '{"url": "about:blank"}'
	target=$(jq -r .targetId <<<"$reply")
	browser Target.attachToTarget "{\"targetId\": \"$target\", \"flatten\": true}"
	browser_session=$(jq -r .sessionId <<<"$reply")
	for domain in Page Runtime Log Network Accessibility; do
		browser "$domain.enable"
	done
	browser_window 1280 900
}

# In teardown().
browser_stop() {
	[[ -n ${browser_pid:-} ]] || return 0
	exec {to_browser}>&- {from_browser}<&-
	kill "$browser_pid" 2>/dev/null || true
	wait "$browser_pid" 2>/dev/null || true
	browser_pid=""
}

# browser_next: `message` is the next one; an event is noted.
browser_next() {
	IFS= read -r -d '' -t 60 message <&"$from_browser" || {
		echo "the browser says nothing more; its log:"
		tail -n 20 "$work/browser.log"
		return 1
	} >&2
	if jq -e 'has("method")' <<<"$message" >/dev/null; then
		jq -c . <<<"$message" >>"$work/events"
	fi
}

# browser METHOD [PARAMETERS]: asks; `reply` is the result.
browser() {
	local default='{}'

	browser_id=$((browser_id + 1))
	jq -njc --argjson id "$browser_id" --arg method "$1" --arg session "$browser_session" \
		--argjson params "${2:-$default}" \
		'{id: $id, method: $method, params: $params} +
			if $session == "" then {} else {sessionId: $session} end' >&"$to_browser"
	printf '\0' >&"$to_browser"
	while browser_next; do
		[[ $(jq -r '.id // 0' <<<"$message") == "$browser_id" ]] || continue
		jq -e 'has("error") | not' <<<"$message" >/dev/null || {
			echo "$1: $message" >&2
			return 1
		}
		reply=$(jq -c .result <<<"$message")
		return 0
	done
	return 1
}

# browser_open ADDRESS: and waits until the page is there.
browser_open() {
	: >"$work/events"
	# a new fragment alone would not load the page again
	browser Page.navigate '{"url": "about:blank"}'
	: >"$work/events"
	browser Page.navigate "$(jq -nc --arg url "$1" '{url: $url}')"
	until grep -q '"Page.loadEventFired"' "$work/events"; do
		browser_next
	done
}

# js EXPRESSION: its value in the page, as text, in `value`.
js() {
	browser Runtime.evaluate "$(jq -nc --arg e "$1" \
		'{expression: $e, returnByValue: true, awaitPromise: true, userGesture: true}')"
	if jq -e 'has("exceptionDetails")' <<<"$reply" >/dev/null; then
		echo "$1: $reply" >&2
		return 1
	fi
	value=$(jq -r '.result.value | if type == "string" then . else tojson end' <<<"$reply")
}

# js_is EXPRESSION VALUE
js_is() {
	js "$1"
	[[ $value == "$2" ]] || {
		printf '%s is %s, not %s\n' "$1" "$value" "$2"
		return 1
	} >&2
}

# press KEY...: Tab, Enter, or a character.
press() {
	local key code text

	for key; do
		text=$key code=0
		case $key in
		Tab) text="" code=9 ;;
		Enter) text=$'\r' code=13 ;;
		esac
		browser Input.dispatchKeyEvent "$(jq -nc --arg key "$key" --arg text "$text" --argjson code "$code" \
			'{type: "keyDown", key: $key, text: $text, windowsVirtualKeyCode: $code}')"
		browser Input.dispatchKeyEvent "$(jq -nc --arg key "$key" --argjson code "$code" \
			'{type: "keyUp", key: $key, windowsVirtualKeyCode: $code}')"
	done
}

# type_text TEXT: into the field that has the focus.
type_text() {
	browser Input.insertText "$(jq -nc --arg text "$1" '{text: $text}')"
}

# click SELECTOR: the middle of the element, with the mouse.
click() {
	local at type

	js "(() => { const e = document.querySelector('$1'); e.scrollIntoView({ block: 'center', behavior: 'instant' });
		const r = e.getBoundingClientRect(); return JSON.stringify({ x: r.x + r.width / 2, y: r.y + r.height / 2 }); })()"
	at=$value
	for type in mousePressed mouseReleased; do
		browser Input.dispatchMouseEvent "$(jq -nc --argjson at "$at" --arg type "$type" \
			'$at + {type: $type, button: "left", clickCount: 1}')"
	done
}

# browser_window WIDTH HEIGHT
browser_window() {
	browser Emulation.setDeviceMetricsOverride \
		"{\"width\": $1, \"height\": $2, \"deviceScaleFactor\": 1, \"mobile\": false}"
}

# browser_scheme light|dark
browser_scheme() {
	browser Emulation.setEmulatedMedia \
		"{\"features\": [{\"name\": \"prefers-color-scheme\", \"value\": \"$1\"}]}"
}

# browser_picture FILE: the whole page as PNG.
browser_picture() {
	browser Page.captureScreenshot '{"format": "png", "captureBeyondViewport": true}'
	jq -r .data <<<"$reply" | base64 -d >"$1"
}

# browser_was_quiet: nothing in the console, and nothing asked of anybody but the page's own file.
browser_was_quiet() {
	! grep -E '"(Runtime\.(exceptionThrown|consoleAPICalled)|Log\.entryAdded)"' "$work/events" >&2 || return 1
	! jq -r 'select(.method == "Network.requestWillBeSent") | .params.request.url' "$work/events" |
		grep -vE '^(file:|data:,$|about:blank)' >&2
}
