// The example of a partner's localization follows what is chosen; without script it shows what is saved.
(() => {
	const example = document.querySelector("[data-example]");
	const form = example && example.closest("form");
	if (!form) return;
	form.addEventListener("change", async () => {
		const query = new URLSearchParams(new FormData(form));
		const answer = await fetch(example.dataset.example + "?" + query, { credentials: "same-origin" }).catch(() => null);
		if (answer && answer.ok) example.innerHTML = await answer.text();
	});
})();
