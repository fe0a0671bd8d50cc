// The installable part: the service worker after the page, and a hint for those who have not put the portal on their
// home screen. Chromium hands us its dialog; on iOS the hint leads to a page that shows the three steps.
(() => {
	"use strict";
	if ("preview" in document.documentElement.dataset) return; // staff look at the page in a frame: nothing to install
	const later = "myisp-install-later";
	const quiet = 30 * 24 * 60 * 60 * 1000;
	const standalone = matchMedia("(display-mode: standalone)").matches || navigator.standalone;
	const ios = /iphone|ipad|ipod/i.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
	let prompt = null;

	const remembered = () => {
		try { return Date.now() - Number(localStorage.getItem(later)) < quiet; } catch { return false; }
	};
	function show() {
		const hint = document.querySelector("[data-install]");
		if (hint && !standalone && !remembered() && (prompt || ios)) hint.hidden = false;
	}
	function hide() {
		document.querySelectorAll("[data-install]").forEach((hint) => { hint.hidden = true; });
	}
	window.addEventListener("beforeinstallprompt", (event) => {
		event.preventDefault();
		prompt = event;
		show();
	});
	window.addEventListener("appinstalled", () => { prompt = null; hide(); });
	document.addEventListener("htmx:afterSettle", show);
	document.addEventListener("click", (event) => {
		if (event.target.closest("[data-install-go]") && prompt) {
			event.preventDefault();
			prompt.prompt();
			prompt.userChoice.then(({ outcome }) => { if (outcome === "accepted") hide(); });
			prompt = null;
		}
		if (event.target.closest("[data-install-later]")) {
			try { localStorage.setItem(later, Date.now()); } catch { /* private mode: ask again next time */ }
			hide();
		}
	});
	document.addEventListener("DOMContentLoaded", show);

	if ("serviceWorker" in navigator) {
		window.addEventListener("load", () => { navigator.serviceWorker.register("/sw.js").catch(() => { /* http in a walled garden */ }); });
	}
})();
