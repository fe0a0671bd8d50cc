// The desk: of what payment methods name, only what the chosen one does.
(() => {
	"use strict";
	const choice = document.querySelector("#f-method_id");
	const parts = document.querySelectorAll("fieldset[data-method]");
	if (!choice || !parts.length) return;
	const show = () => {
		for (const part of parts) part.hidden = part.dataset.method !== choice.value;
	};
	choice.addEventListener("change", show);
	show();
})();
