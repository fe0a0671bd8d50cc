// The telephone (ui.PhoneFrame): its tabs and its theme, and the forms whose changes it shows before they are saved.
(() => {
	"use strict";
	const phone = () => document.getElementById("phone");
	const frame = () => document.querySelector("#phone iframe");

	// choose marks the pressed one of a row of links.
	function choose(link) {
		for (const other of link.closest("ul").querySelectorAll("a")) other.removeAttribute("aria-current");
		link.setAttribute("aria-current", link.dataset.path ? "page" : "true");
	}

	// here is what the frame shows, as the customer knows its address: without draft and theme.
	function here() {
		const { pathname, search } = frame().contentWindow.location;
		return pathname.split("/").slice(5).join("/") + search;
	}

	document.addEventListener("click", (event) => {
		const theme = event.target.closest("#phone [data-theme-choice]");
		if (theme) {
			event.preventDefault();
			const to = theme.dataset.themeChoice;
			for (const tab of document.querySelectorAll("#phone [data-path]")) tab.setAttribute("href", `${phone().dataset.phone}/${to}${tab.dataset.path}`);
			choose(theme);
			frame().contentWindow.location.replace(`${phone().dataset.phone}/${to}/${here()}`);
			return;
		}
		const tab = event.target.closest("#phone [data-path]");
		if (tab) {
			// A page of the frame is not one of this page's history.
			event.preventDefault();
			choose(tab);
			frame().contentWindow.location.replace(tab.getAttribute("href"));
		}
	});

	// show puts an answered telephone in the place of the old one; the same draft keeps the page it is on.
	function show(answer) {
		const fresh = new DOMParser().parseFromString(answer, "text/html").getElementById("phone");
		if (!fresh) return false;
		if (frame() && fresh.dataset.phone === phone().dataset.phone) {
			phone().querySelector(".phone-caption").textContent = fresh.querySelector(".phone-caption").textContent;
			frame().contentWindow.location.reload();
		} else {
			phone().replaceWith(document.importNode(fresh, true));
		}
		return true;
	}

	let latest = 0;
	// preview posts data to url and shows the answer; what cannot be shown yet leaves the page before it, and says so.
	async function preview(url, data) {
		const mine = ++latest;
		if (phone().dataset.token) data.set("draft", phone().dataset.token);
		let ok = false;
		try {
			const response = await fetch(url, { method: "POST", body: data, headers: { "HX-Request": "true", "HX-Target": "phone" } });
			const text = await response.text();
			if (mine !== latest) return;
			ok = response.ok && show(text);
		} catch { /* offline: the page as it was */ }
		const stale = document.querySelector("[data-phone-stale]");
		if (stale && mine === latest) stale.hidden = ok;
	}

	let timer;
	const soon = (form) => {
		clearTimeout(timer);
		timer = setTimeout(() => preview(form.dataset.preview, new FormData(form)), 400);
	};
	document.addEventListener("input", (event) => {
		const form = event.target.form;
		if (form && form.dataset.preview && phone()) soon(form);
	});

	const first = document.querySelector("form[data-preview]");
	if (first && phone() && !frame()) preview(first.dataset.preview, new FormData(first));

	window.myisp = { ...window.myisp, preview };
})();
