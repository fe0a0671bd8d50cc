// What a navigation needs beside htmx: focus, progress, errors, toasts. Everything works without this file.
(() => {
	"use strict";
	const $ = (selector, root = document) => root.querySelector(selector);
	const live = () => $("#toasts");

	// toast puts a text into the live region, where it is heard; it goes after a while, or when pressed.
	function toast(content) {
		const node = content.nodeType ? content : Object.assign(document.createElement("p"), { className: "toast", textContent: content });
		node.removeAttribute("data-toast");
		live().append(node);
		const go = () => node.remove();
		node.addEventListener("click", go);
		setTimeout(go, 4000 + 60 * node.textContent.length);
	}
	window.myisp = { toast };

	// enhance prepares what a page or a part of one has brought.
	function enhance(root) {
		root.querySelectorAll("[data-toast]").forEach(toast);
		root.querySelectorAll("[data-reveal],[data-copy]").forEach((button) => { button.hidden = false; });
		const active = $(".chips [aria-current]", root);
		if (active && active.offsetParent) active.scrollIntoView({ block: "nearest", inline: "center", behavior: "instant" });
	}

	let timer;
	const progress = (on) => {
		clearTimeout(timer);
		const bar = $("#progress");
		if (on) timer = setTimeout(() => { bar.hidden = false; }, 300);
		else bar.hidden = true;
	};
	document.addEventListener("htmx:beforeRequest", () => progress(true));
	document.addEventListener("htmx:afterRequest", () => progress(false));
	document.addEventListener("submit", (event) => {
		const form = event.target;
		if (event.defaultPrevented || form.method !== "post") return;
		// A second press of a button must not pay twice; the server refuses it too.
		if (form.dataset.sent) { event.preventDefault(); return; }
		form.dataset.sent = "1";
		progress(true);
		setTimeout(ready, 15000); // an answer that is a download leaves the page standing
	});
	function ready() {
		progress(false);
		document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
	}
	window.addEventListener("pageshow", ready);

	// A proxy's error page has no frame and must not take the portal's place; an error must not take that of a list. What
	// came without the part that was asked for (a log-in page, a page that has no sheet) opens as the page it is.
	document.addEventListener("htmx:beforeSwap", (event) => {
		const { xhr, target, requestConfig } = event.detail;
		if (!target || xhr.status === 204) return;
		const page = target.id === "frame";
		if (page ? !xhr.responseText.includes('id="frame"') : xhr.status >= 400 && xhr.status !== 422) {
			event.detail.shouldSwap = false;
			toast(live().dataset.failed);
		} else if (!page && !xhr.responseText.trim() && requestConfig.verb === "get") {
			event.detail.shouldSwap = false;
			location.assign(requestConfig.path);
		}
	});
	document.addEventListener("htmx:sendError", () => toast(navigator.onLine ? live().dataset.failed : live().dataset.offline));
	document.addEventListener("htmx:timeout", () => toast(live().dataset.failed));

	// The appended rows of a list: the first new one takes the focus, so a keyboard goes on from there.
	let before = null;
	document.addEventListener("htmx:beforeSwap", (event) => {
		before = event.detail.target && event.detail.target.id === "more" ? event.detail.target.previousElementSibling : null;
	});
	document.addEventListener("htmx:afterSettle", (event) => {
		if (before) {
			let link = null;
			for (let next = before.nextElementSibling; next && !link; next = next.nextElementSibling) link = $("a, button, summary", next);
			if (link) link.focus({ preventScroll: true });
			before = null;
			return;
		}
		if (event.detail.target && event.detail.target.id === "sheet-body") {
			const sheet = $("#sheet");
			enhance(sheet);
			if (!sheet.open) sheet.showModal();
			return;
		}
		const frame = $("#frame");
		if (!event.detail.elt || (event.detail.elt !== frame && !event.detail.elt.contains(frame))) return;
		const sheet = $("#sheet");
		if (sheet.open) sheet.close();
		enhance(frame);
		const head = $("[autofocus]", frame) || $("h1", frame);
		if (head) head.focus({ preventScroll: true });
	});
	document.addEventListener("htmx:beforeTransition", (event) => {
		if (matchMedia("(prefers-reduced-motion: reduce)").matches) event.preventDefault();
	});
	document.addEventListener("htmx:historyRestore", () => { enhance($("#frame")); });

	document.addEventListener("click", (event) => {
		const at = (selector) => event.target.closest(selector);
		const reveal = at("[data-reveal]");
		if (reveal) {
			const input = document.getElementById(reveal.dataset.reveal);
			const shown = input.type === "password";
			input.type = shown ? "text" : "password";
			reveal.setAttribute("aria-pressed", shown);
			reveal.setAttribute("aria-label", shown ? reveal.dataset.hide : reveal.dataset.show);
			return;
		}
		const copy = at("[data-copy]");
		if (copy) {
			navigator.clipboard.writeText(copy.dataset.copy).then(() => toast(live().dataset.copied), () => toast(live().dataset.failed));
			return;
		}
		const opener = at("[data-sheet]");
		if (opener) {
			const sheet = document.getElementById(opener.dataset.sheet);
			if (sheet && sheet.showModal) {
				event.preventDefault();
				sheet.showModal();
			}
			return;
		}
		// A press beside an open sheet closes it.
		if (event.target.matches("dialog.sheet")) {
			const box = event.target.getBoundingClientRect();
			if (event.clientY < box.top || event.clientY > box.bottom || event.clientX < box.left || event.clientX > box.right) event.target.close();
		}
	});

	// The theme shows at once when its choice changes; saving it is the form's business.
	document.addEventListener("change", (event) => {
		if (event.target.name === "theme" && event.target.type === "radio") document.documentElement.dataset.theme = event.target.value;
	});

	window.addEventListener("offline", () => toast(live().dataset.offline));
	if (live()) enhance(document);
})();
