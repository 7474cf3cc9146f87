/*
 * Search, filters and sorting of the list of calls.  Their state lives in the fragment of the
 * address, so that a view can be sent to somebody: #q=socket&show=all&sort=-first.  Without this
 * script the page shows every call.
 */
"use strict";
(function () {
	const form = document.getElementById("controls");
	const table = document.getElementById("list");
	const count = document.getElementById("count");
	const fields = ["q", "show", "category", "origin"];
	const defaults = { q: "", show: "allowed", category: "", origin: "", sort: "" };

	if (!form || !table || !count)
		return;

	const body = table.tBodies[0];
	const heads = Array.from(table.tHead.rows[0].cells);
	const rows = Array.from(body.rows).map(function (row, index) {
		return {
			row: row,
			index: index,
			text: row.textContent.toLowerCase(),
			flags: (row.dataset.f || "").split(" "),
		};
	});
	let sorted = "";

	function control(name) {
		return form.elements[name];
	}

	function fits(item, state) {
		const data = item.row.dataset;
		const show = state.show;
		const words = state.q.toLowerCase().split(/\s+/);

		if (state.category && data.c !== state.category)
			return false;
		if (state.origin && data.o !== state.origin)
			return false;
		if (show === "allowed" && data.v !== "allowed" && data.v !== "sometimes")
			return false;
		if ((show === "sometimes" || show === "refused" || show === "asks") && data.v !== show)
			return false;
		if (["risk", "differs", "denied", "broken"].includes(show) && !item.flags.includes(show))
			return false;
		return words.every(function (word) {
			return item.text.includes(word);
		});
	}

	/* What a cell sorts by; undefined comes last in both directions. */
	function key(item, column) {
		const cell = item.row.cells[column];
		const text = cell.textContent.trim();

		if (cell.dataset.s !== undefined)
			return Number(cell.dataset.s);
		return heads[column].dataset.number !== undefined || text === "" ? undefined : text.toLowerCase();
	}

	function compare(a, b, column, sign) {
		const x = key(a, column);
		const y = key(b, column);

		if (x === y)
			return a.index - b.index;
		if (x === undefined || y === undefined)
			return x === undefined ? 1 : -1;
		return x < y ? -sign : sign;
	}

	function sort(by) {
		const sign = by.startsWith("-") ? -1 : 1;
		const column = heads.findIndex(function (head) {
			return head.dataset.k === by.replace(/^-/, "");
		});
		const order = rows.slice();

		if (by === sorted)
			return;
		sorted = by;
		heads.forEach(function (head, index) {
			if (index === column)
				head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
			else
				head.removeAttribute("aria-sort");
		});
		if (column >= 0)
			order.sort(function (a, b) {
				return compare(a, b, column, sign);
			});
		body.append(...order.map(function (item) {
			return item.row;
		}));
	}

	function read() {
		const state = { sort: sorted };

		fields.forEach(function (name) {
			state[name] = control(name) ? control(name).value : defaults[name];
		});
		return state;
	}

	function tell(n, state) {
		let elsewhere = 0;

		count.textContent = n + " of " + rows.length + " calls shown";
		if (n > 0)
			return;
		rows.forEach(function (item) {
			elsewhere += fits(item, Object.assign({}, state, { show: "all", category: "", origin: "" })) ? 1 : 0;
		});
		if (elsewhere > 0)
			count.textContent += "; " + elsewhere + " more fit the search under other filters (Show: every call)";
	}

	function show(state) {
		let n = 0;

		rows.forEach(function (item) {
			const is_shown = fits(item, state);

			item.row.hidden = !is_shown;
			n += is_shown ? 1 : 0;
		});
		sort(state.sort);
		tell(n, state);
	}

	function save(state) {
		const parameters = new URLSearchParams();

		fields.concat("sort").forEach(function (name) {
			if (state[name] !== defaults[name])
				parameters.set(name, state[name]);
		});
		history.replaceState(null, "", "#" + (parameters.toString() || "calls"));
	}

	function change() {
		const state = read();

		show(state);
		save(state);
	}

	/* A fragment without "=" is the anchor of a section and changes nothing. */
	function load() {
		const parameters = new URLSearchParams(location.hash.slice(1));
		const is_view = location.hash.includes("=");
		const state = read();

		fields.forEach(function (name) {
			if (!is_view || !control(name))
				return;
			control(name).value = parameters.has(name) ? parameters.get(name) : defaults[name];
			if (control(name).value === "" && name === "show")
				control(name).value = defaults.show;
			state[name] = control(name).value;
		});
		if (is_view)
			state.sort = parameters.get("sort") || "";
		show(state);
	}

	function add_button(head) {
		const button = document.createElement("button");

		button.type = "button";
		button.className = "sort";
		button.textContent = head.textContent;
		button.addEventListener("click", function () {
			const name = head.dataset.k;
			const state = read();

			state.sort = sorted === name ? "-" + name : name;
			show(state);
			save(state);
		});
		head.replaceChildren(button);
	}

	/* what is folded away is printed */
	window.addEventListener("beforeprint", function () {
		document.querySelectorAll("details").forEach(function (details) {
			details.open = true;
		});
	});
	heads.forEach(add_button);
	form.hidden = false;
	form.addEventListener("input", change);
	form.addEventListener("submit", function (event) {
		event.preventDefault();
	});
	form.addEventListener("reset", function () {
		sort("");
		/* the fields have their old values until the event is over */
		setTimeout(change, 0);
	});
	document.addEventListener("keydown", function (event) {
		if (event.key !== "/" || event.target.matches("input, select"))
			return;
		event.preventDefault();
		control("q").focus();
	});
	window.addEventListener("hashchange", load);
	load();
})();
