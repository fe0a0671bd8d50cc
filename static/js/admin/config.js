// Config → Main → Portal with script: the search filters at once, a bar counts what is not saved, the telephone beside the
// form shows it, and nobody leaves by mistake. Without it every section has a Save and a Preview of its own.
(() => {
	"use strict";
	let page = null; // the page's element
	let start = {}; // key → what its controls sent when the page came
	let sent = false; // the form is on its way: nothing to guard

	const rows = () => page.querySelectorAll("[data-setting]");
	const controls = (row) => row.querySelectorAll("input:not([type=hidden]), select, textarea");

	// state is what a row would send.
	function state(row) {
		const values = [];
		for (const control of controls(row)) {
			if (!/checkbox|radio/.test(control.type) || control.checked) values.push(control.value);
		}
		return values.join("\n");
	}

	const changed = () => [...rows()].filter((row) => state(row) !== start[row.dataset.setting]);

	// data is what is not saved, as the sections would send it.
	function data() {
		const form = new FormData();
		form.set("partner", page.dataset.partner);
		form.set("tab", page.dataset.tab);
		for (const row of changed()) {
			form.append("field", row.dataset.setting);
			for (const control of controls(row)) {
				if (!/checkbox|radio/.test(control.type) || control.checked) form.append(row.dataset.setting, control.value);
			}
		}
		return form;
	}

	function count() {
		const list = changed();
		for (const row of rows()) row.toggleAttribute("data-changed", list.includes(row));
		const bar = page.querySelector("[data-config-bar]");
		if (!bar) return;
		bar.hidden = list.length === 0;
		bar.querySelector("[data-config-count]").textContent = list.length === 1 ? bar.dataset.one : bar.dataset.several.replace("%n", list.length);
	}

	let timer;
	function preview(wait) {
		clearTimeout(timer);
		const as = page.querySelector("[data-config-as]");
		if (!as) return;
		timer = setTimeout(() => {
			const form = data();
			form.set("as", as.elements.as.value);
			window.myisp.preview(page.dataset.preview, form);
		}, wait);
	}

	// search shows the settings that hold the words, of both tabs.
	function search(words) {
		const wanted = words.trim().toLowerCase();
		let found = false;
		for (const section of page.querySelectorAll(".config-section")) {
			const title = section.querySelector("h2").textContent.toLowerCase();
			let some = false;
			for (const row of section.querySelectorAll(".setting")) {
				const fits = !wanted || title.includes(wanted) || `${row.dataset.setting || ""} ${row.textContent}`.toLowerCase().includes(wanted);
				row.hidden = !fits;
				some ||= fits;
			}
			if (!("other" in section.dataset) && section.hidden && !("searched" in section.dataset)) section.dataset.other = "";
			section.dataset.searched = "";
			section.hidden = !some || !wanted && "other" in section.dataset;
			found ||= !section.hidden;
		}
		page.querySelector("[data-config-none]").hidden = found;
	}

	// begin takes a page that has come into use.
	function begin() {
		const found = document.querySelector("[data-config]");
		if (found === page) return;
		page = found;
		document.documentElement.classList.toggle("scripted", Boolean(page));
		if (!page) return;
		start = {};
		sent = false;
		// What was refused is not saved: it counts as changed from the first moment.
		for (const row of rows()) start[row.dataset.setting] = row.classList.contains("field-bad") ? null : state(row);
		count();
		if (!document.querySelector("#phone iframe")) preview(0);
	}

	document.addEventListener("input", (event) => {
		if (!page) return;
		if (event.target.closest("[data-config-search]")) search(event.target.value);
		else if (event.target.closest("[data-setting]")) { count(); preview(400); }
	});
	document.addEventListener("change", (event) => {
		if (page && event.target.closest("[data-config-partner]") && leave()) { sent = true; event.target.form.requestSubmit(); }
		if (page && event.target.closest("[data-config-as]")) preview(0);
	});
	document.addEventListener("click", (event) => {
		if (!page || !event.target.closest("[data-config-discard]")) return;
		sent = true;
		location.reload();
	});
	document.addEventListener("submit", (event) => {
		if (!page) return;
		const form = event.target;
		if (form.matches("[data-config-as]")) { event.preventDefault(); delete form.dataset.sent; preview(0); return; }
		if (form.matches("[data-config-bar]") || form.matches("[data-config-section]")) {
			// Every changed setting goes, whichever section it is in.
			event.preventDefault();
			const bar = page.querySelector("[data-config-bar]");
			if (!bar || changed().length === 0) { delete form.dataset.sent; return; }
			const fields = bar.querySelector("[data-config-fields]");
			fields.replaceChildren(...[...data()].map(([name, value]) => {
				const field = Object.assign(document.createElement(value.includes("\n") ? "textarea" : "input"), { name, value });
				field.hidden = true;
				return field;
			}));
			sent = true;
			HTMLFormElement.prototype.submit.call(bar);
			return;
		}
		if (form.id === "config-reset" || form.matches("[data-config-search]")) {
			if (!leave()) { event.preventDefault(); delete form.dataset.sent; return; }
			sent = true;
		}
	}, true);

	// leave asks before what is not saved is lost.
	const leave = () => sent || changed().length === 0 || window.confirm(page.dataset.leave);
	window.addEventListener("beforeunload", (event) => {
		if (page && !sent && changed().length > 0) event.preventDefault();
	});
	document.addEventListener("htmx:confirm", (event) => {
		if (page && event.detail.target && event.detail.target.id === "frame" && !leave()) event.preventDefault();
	});
	// What htmx loads as a document of its own has been confirmed.
	document.addEventListener("htmx:beforeRequest", (event) => {
		if (page && event.detail.target && event.detail.target.id === "frame") sent = true;
	});

	document.addEventListener("htmx:afterSettle", begin);
	document.addEventListener("htmx:historyRestore", begin);
	window.addEventListener("pageshow", () => { sent = false; begin(); });
	begin();
})();
