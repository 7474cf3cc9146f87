#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug report: what a person sees of a page in a browser.
# bats file_tags=slow,beside

# shellcheck disable=SC2154  # cli.bash and browser.bash set them
load ../lib/cli
load ../lib/browser
load ../lib/report

setup() {
	enter_work_dir
	report_inputs
	need_command chromium jq
	# its sandbox is off in containers, and it is not asked to run anything of others
	browser_start
}

teardown() {
	browser_stop
}

@test "hostile names in a browser: nothing runs, nothing is asked for, everything is listed" {
	hostile_inputs
	report -o evil.html evil.json evil-run.json evil-refused.json evil-audit.json
	status_is 0
	browser_open "file://$work/evil.html#show=all"
	browser_was_quiet
	js_is 'typeof window.pwned' undefined
	js_is 'document.querySelectorAll("script").length' 1
	js_is 'document.querySelectorAll("body img, body svg[onload], [onerror], [onmouseover]").length' 0
	js_is 'Array.from(document.querySelectorAll("#list tbody th code")).some(e => e.textContent === "<script>window.pwned=1</script>")' true
	# what is typed into the search is text, too
	browser_open "file://$work/evil.html#show=all&q=%3Cimg%20src%3Dx%20onerror%3Dpwned%3D1%3E&sort=__proto__&category=%22%3E"
	browser_was_quiet
	js_is 'typeof window.pwned' undefined
	# an unfinished escape
	browser_open "file://$work/evil.html#q=%E0%A4%A&show=nonsense"
	browser_was_quiet
	# the second wall: markup that came through after all would neither run nor load
	sed 's|<h2 id="h-calls">|<script>window.pwned = 1</script><img src="file:///x.png" onerror="window.pwned = 1">&|' evil.html >broken.html
	browser_open "file://$work/broken.html"
	js_is 'document.querySelectorAll("script").length' 2
	js_is 'typeof window.pwned' undefined
	same "$(grep -c '"Log.entryAdded".*Content Security Policy' events)" 3
}

visible() {
	js 'Array.from(document.querySelectorAll("#list tbody tr")).filter(r => !r.hidden).map(r => r.cells[0].querySelector("code").textContent).join(" ")'
}

@test "in a browser: search, filters, sorting, the address, and back" {
	report -o r.html web.json next.json run.json refused.json
	browser_open "file://$work/r.html"
	browser_was_quiet
	js_is 'document.getElementById("controls").hidden' false
	visible
	same "$value" "close openat read write accept4 bind listen socket execve exit_group bpf"
	js 'document.getElementById("count").textContent'
	[[ $value == "11 of "*" calls shown" ]]
	# the keyboard leads to the search
	press /
	js_is 'document.activeElement.name' q
	type_text "soc"
	visible
	same "$value" "socket"
	js_is 'location.hash' '#q=soc'
	# nothing fits what is shown, but something would elsewhere
	js 'document.querySelector("[name=q]").value = ""; document.querySelector("[name=q]").dispatchEvent(new Event("input", { bubbles: true }))'
	js 'document.querySelector("[name=q]").focus()'
	type_text "mount_setattr"
	visible
	same "$value" ""
	js 'document.getElementById("count").textContent'
	[[ $value == "0 of "*"; 1 more fit the search under other filters"* ]]
	# reset, then sort by a click, twice
	click '#controls button'
	js 'new Promise(done => setTimeout(done, 50))'
	js_is 'location.hash' '#calls'
	click 'th[data-k=first] button'
	visible
	same "$value" "execve read socket listen accept4 write close openat bind exit_group bpf"
	js_is 'document.querySelector("th[data-k=first]").getAttribute("aria-sort")' ascending
	click 'th[data-k=first] button'
	visible
	same "$value" "write accept4 listen socket read execve close openat bind exit_group bpf"
	js_is 'document.querySelector("th[data-k=first]").getAttribute("aria-sort")' descending
	js_is 'location.hash' '#sort=-first'
	# by keyboard
	js 'document.querySelector("th[data-k=call] button").focus()'
	press Enter
	visible
	same "$value" "accept4 bind bpf close execve exit_group listen openat read socket write"
	js_is 'document.querySelectorAll("[aria-sort]").length' 1
	# the address alone
	browser_open "file://$work/r.html#show=differs"
	visible
	same "$value" "uname bpf"
	browser_open "file://$work/r.html#show=denied"
	visible
	same "$value" "uname"
	browser_open "file://$work/r.html#show=broken"
	visible
	same "$value" "uname"
	browser_open "file://$work/r.html#show=all&origin=runtime"
	visible
	same "$value" "close"
	browser_open "file://$work/r.html#show=all&category=memory&q=mmap"
	visible
	same "$value" "mmap"
	# an anchor is none of it
	browser_open "file://$work/r.html#findings"
	visible
	same "$value" "close openat read write accept4 bind listen socket execve exit_group bpf"
	browser_was_quiet
}

@test "in a browser without JavaScript: every call is there, and no control that does nothing" {
	report -o r.html web.json run.json
	browser Emulation.setScriptExecutionDisabled '{"value": true}'
	browser_open "file://$work/r.html"
	browser DOM.getDocument '{"depth": -1}'
	browser DOM.getOuterHTML '{"nodeId": 1}'
	jq -r .outerHTML <<<"$reply" >dom.html
	has dom.html '<form id="controls" role="search" hidden="">'
	has_not dom.html 'class="sort"' '<tr data-v="refused" hidden'
	no_match '<tr [^>]*hidden' dom.html
}

# What a screen reader is told, as "role: name" lines.
accessible() {
	browser Accessibility.getFullAXTree
	jq -r '.nodes[] | select(.ignored | not) | "\(.role.value): \(.name.value // "")"' <<<"$reply"
}

@test "in a browser: what a screen reader says, and where the keyboard goes" {
	report -o r.html web.json next.json run.json refused.json
	browser_open "file://$work/r.html"
	accessible >tree
	has tree "searchbox: Search" "combobox: Show" "combobox: Category" "combobox: Origin" "button: Reset" \
		"table: Every call that x86_64 has" "columnheader: First seen" "rowheader: socket" "region: Findings" \
		"heading: web.json" "navigation: Sections" "search: " "status: "
	grep -qE '^(image|img|graphics-document): Distinct calls over time in run.json: 7, the last new one after' tree
	# every control has a name
	no_match -xE '(button|link|textbox|searchbox|combobox|table|image|region): ' tree
	js_is 'document.documentElement.lang' en
	js_is 'document.querySelectorAll("table:not(:has(caption)), th:not([scope])").length' 0
	js_is 'new Set(Array.from(document.querySelectorAll("[id]")).map(e => e.id)).size === document.querySelectorAll("[id]").length' true
	js_is 'Array.from(document.querySelectorAll("h1, h2, h3")).reduce((l, h) => l && +h.tagName[1] <= l + 1 ? +h.tagName[1] : 0, 1) > 0' true
	# the first stop skips to the list; every stop is seen
	press Tab
	js_is 'document.activeElement.className' skip
	js_is 'getComputedStyle(document.activeElement).outlineStyle' solid
	js_is 'document.activeElement.getBoundingClientRect().left >= 0' true
	for _ in 1 2 3 4 5 6 7 8; do
		press Tab
		js_is 'document.activeElement !== document.body && getComputedStyle(document.activeElement).outlineStyle' solid
	done
}

# The texts whose contrast is below 4.5, or 3 for large ones (WCAG 2.2, 1.4.3), as a list.
low_contrast() {
	js '(() => {
		const part = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
		const rgb = s => s.match(/[\d.]+/g).map(Number);
		const light = c => 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
		const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] === 1) return c; } return [255, 255, 255]; };
		const bad = [];
		let n = 0;
		for (const e of document.querySelectorAll("body *")) {
			const own = Array.from(e.childNodes).some(c => c.nodeType === 3 && c.data.trim());
			if (!own || !e.checkVisibility() || e.closest("script, title")) continue;
			const style = getComputedStyle(e), svg = e instanceof SVGElement;
			const a = light(rgb(svg ? style.fill : style.color)), b = light(ground(svg ? e.closest("figure") : e));
			const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
			const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
			n++;
			if (ratio < (large ? 3 : 4.5)) bad.push(e.className + ":" + e.textContent.slice(0, 20) + ":" + ratio.toFixed(2));
		}
		return n < 100 ? "only " + n + " texts" : [...new Set(bad)].join("\n");
	})()'
}

@test "in a browser: contrast in light, in dark, and printed" {
	report -o r.html web.json next.json run.json refused.json audit.json
	browser_open "file://$work/r.html#show=all"
	js 'document.querySelectorAll("details").forEach(d => d.open = true)'
	browser_scheme light
	low_contrast
	same "$value" ""
	js_is 'getComputedStyle(document.body).backgroundColor' 'rgb(246, 247, 248)'
	browser_scheme dark
	low_contrast
	same "$value" ""
	js_is 'getComputedStyle(document.body).backgroundColor' 'rgb(18, 22, 26)'
	browser Emulation.setEmulatedMedia '{"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]}'
	low_contrast
	same "$value" ""
	js_is 'getComputedStyle(document.getElementById("controls")).display' none
}

@test "in a browser: fits a telephone, a wide window and paper" {
	report -o r.html web.json next.json run.json refused.json
	for width in 360 400 800 1280 1920; do
		browser_window "$width" 900
		browser_open "file://$work/r.html"
		# only tables scroll sideways, not the page
		js_is 'document.documentElement.scrollWidth <= window.innerWidth' true
	done
	browser Page.printToPDF '{"printBackground": false}'
	jq -r .data <<<"$reply" | base64 -d >r.pdf
	same "$(head -c 5 r.pdf)" "%PDF-"
	(($(stat -c %s r.pdf) > 20000))
	# many profiles: in print a sign stands for "allowed", and no column is cut off
	report -o many.html {web,next}.json {web,next}.json {web,next}.json {web,next}.json run.json refused.json
	browser_window 718 1000
	browser Emulation.setEmulatedMedia '{"media": "print"}'
	browser_open "file://$work/many.html"
	# what is wider than the paper by half, the browser makes smaller
	js_is 'document.getElementById("list").offsetWidth <= 1077' true
	browser_was_quiet
}
