// The branding studio: pictures follow what is typed, colours are judged at once, an image is cut by hand. All of it works
// without this file, by saving the draft.
(() => {
	"use strict";
	const studio = () => document.querySelector("form[data-studio]");

	// Colours: the contrast guard of package contrast, and the nearest colour that passes it.
	const channels = (hex) => /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.test(hex.trim())
		? (hex = hex.trim().replace("#", ""), hex.length === 3 ? [...hex].map((c) => c + c) : hex.match(/../g)).map((c) => parseInt(c, 16)) : null;
	const hexOf = (rgb) => "#" + rgb.map((c) => Math.round(Math.min(255, Math.max(0, c))).toString(16).padStart(2, "0")).join("");
	const luminance = (rgb) => {
		const [r, g, b] = rgb.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const ratio = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);
	const inks = [["light", [255, 255, 255]], ["dark", [11, 18, 32]]];
	const judge = (rgb) => ratio(rgb, inks[0][1]) >= 4.5 ? [inks[0][0], ratio(rgb, inks[0][1])] : [inks[1][0], ratio(rgb, inks[1][1])];
	function nearest(rgb) {
		for (let step = 0.005; step < 1; step += 0.005) {
			for (const to of [1 - step, 1 + step]) {
				const tried = channels(hexOf(rgb.map((c) => c * to)));
				if (judge(tried)[1] >= 4.5) return hexOf(tried);
			}
		}
		return "";
	}

	function judged(box) {
		const input = box.querySelector("input[name]");
		const rgb = channels(input.value);
		const guard = box.querySelector("[data-guard]"), proposal = box.querySelector("[data-proposal]");
		proposal.hidden = true;
		guard.classList.remove("guard-bad");
		if (!rgb) { guard.textContent = ""; return; }
		const [ink, value] = judge(rgb);
		for (const part of document.querySelectorAll(`[data-fill="${input.name}"]`)) part.setAttribute("fill", hexOf(rgb));
		const picker = box.querySelector("input[type=color]");
		picker.value = hexOf(rgb);
		if (value >= 4.5) {
			guard.textContent = guard.dataset.template.replace("{ink}", guard.dataset[ink]).replace("{ratio}", value.toFixed(1));
			return;
		}
		guard.textContent = guard.dataset.refused;
		guard.classList.add("guard-bad");
		const near = nearest(rgb);
		if (!near) return;
		proposal.hidden = false;
		proposal.querySelector("button").value = near;
		proposal.querySelector("rect").setAttribute("fill", near);
		proposal.querySelector("[data-near]").textContent = near;
	}

	const write = (input, value) => {
		input.value = value;
		input.dispatchEvent(new Event("input", { bubbles: true }));
	};

	// pictures asks for the icons anew, with the colour and the crop that the form holds.
	let timer;
	function pictures() {
		clearTimeout(timer);
		timer = setTimeout(() => {
			const form = studio();
			if (!form) return;
			const color = channels(form.elements.color.value);
			const crop = form.querySelector("input[name=crop]:checked");
			for (const image of document.querySelectorAll("[data-brand-image]")) {
				const attribute = image.tagName === "IMG" ? "src" : "href";
				const url = new URL(image.getAttribute(attribute), location.href);
				if (color) url.searchParams.set("color", hexOf(color));
				if (crop && crop.value) url.searchParams.set("crop", crop.value);
				const to = url.pathname + url.search;
				if (to !== image.getAttribute(attribute)) image.setAttribute(attribute, to);
			}
		}, 250);
	}

	const fitting = (text, most) => [...text].length > most ? [...text].slice(0, most - 1).join("").trim() + "…" : text;

	document.addEventListener("input", (event) => {
		const { target } = event;
		if (target.type === "color" && target.closest("[data-color]")) {
			write(target.closest("[data-color]").querySelector("input[name]"), target.value);
			return;
		}
		if (!target.form || target.form !== studio()) return;
		const box = target.closest("[data-color]");
		if (box) judged(box);
		if (box || target.name === "crop") pictures();
		for (const text of document.querySelectorAll(`[data-mock="${target.name}"]`)) text.textContent = fitting(target.value.trim(), Number(text.dataset.fits));
		const unsaved = document.querySelector("[data-unsaved]");
		if (unsaved) unsaved.hidden = false;
	});

	document.addEventListener("change", (event) => {
		const { target } = event;
		if (target.form && "submitOnChange" in target.form.dataset) { target.form.requestSubmit(); return; }
		if (target.type !== "file" || target.form !== studio() || !target.files.length) return;
		// The image is kept with the draft at once: then everything that is made of it can be seen.
		const error = document.getElementById("f-icon-error");
		if (error) error.remove();
		if (target.files[0].size > Number(target.dataset.most)) {
			const text = Object.assign(document.createElement("p"), { id: "f-icon-error", className: "field-error", textContent: target.dataset.tooLarge });
			text.setAttribute("role", "alert");
			target.after(text);
			target.value = "";
			return;
		}
		leaving = true;
		target.form.requestSubmit();
	});

	document.addEventListener("click", (event) => {
		const preset = event.target.closest("[data-preset]");
		const form = studio();
		if (preset && form) {
			event.preventDefault();
			for (const name of ["color", "accent"]) write(form.elements[name], preset.dataset.preset);
			return;
		}
		const take = event.target.closest("[data-proposal] button");
		if (take && form) {
			event.preventDefault();
			write(take.closest("[data-color]").querySelector("input[name]"), take.value);
		}
	});

	// What was typed is not lost by a press beside it.
	let leaving = false;
	document.addEventListener("submit", (event) => { if (event.target === studio() || event.target.id === "discard") leaving = true; });
	addEventListener("beforeunload", (event) => {
		const unsaved = document.querySelector("[data-unsaved]");
		if (!leaving && studio() && unsaved && !unsaved.hidden) event.preventDefault();
	});

	// cropper lets a square be drawn over the image, by pointer and by keyboard.
	function cropper(root) {
		const part = root.querySelector(".cropper-part"), hand = document.querySelector("[data-crop-hand]");
		const radio = hand.querySelector("input"), w = Number(root.dataset.width), h = Number(root.dataset.height), least = Number(root.dataset.least);
		const most = Math.min(w, h);
		let [x, y, side] = [Math.floor((w - most) / 2), Math.floor((h - most) / 2), most];
		const given = radio.value.match(/^part (\d+) (\d+) (\d+)$/);
		if (given) [x, y, side] = given.slice(1).map(Number);
		function show() {
			side = Math.round(Math.min(most, Math.max(least, side)));
			x = Math.round(Math.min(w - side, Math.max(0, x)));
			y = Math.round(Math.min(h - side, Math.max(0, y)));
			Object.assign(part.style, { left: `${100 * x / w}%`, top: `${100 * y / h}%`, width: `${100 * side / w}%`, height: `${100 * side / h}%` });
		}
		function choose() {
			show();
			hand.hidden = false;
			radio.disabled = false;
			radio.value = `part ${x} ${y} ${side}`;
			radio.checked = true;
			radio.dispatchEvent(new Event("input", { bubbles: true }));
			const image = hand.querySelector("img"), url = new URL(image.src);
			url.searchParams.set("crop", radio.value);
			clearTimeout(root.timer);
			root.timer = setTimeout(() => { image.src = url; }, 250);
		}
		part.addEventListener("pointerdown", (event) => {
			event.preventDefault();
			part.focus();
			part.setPointerCapture(event.pointerId);
			const [fromX, fromY, atX, atY] = [event.clientX, event.clientY, x, y];
			const scale = w / root.getBoundingClientRect().width;
			const move = (to) => { x = atX + (to.clientX - fromX) * scale; y = atY + (to.clientY - fromY) * scale; show(); };
			const done = () => { part.removeEventListener("pointermove", move); choose(); };
			part.addEventListener("pointermove", move);
			part.addEventListener("pointerup", done, { once: true });
			part.addEventListener("pointercancel", done, { once: true });
		});
		part.addEventListener("keydown", (event) => {
			const step = Math.max(1, Math.round(Math.max(w, h) / 50));
			const by = { ArrowLeft: [-step, 0, 0], ArrowRight: [step, 0, 0], ArrowUp: [0, -step, 0], ArrowDown: [0, step, 0],
				"+": [-step / 2, -step / 2, step], "=": [-step / 2, -step / 2, step], "-": [step / 2, step / 2, -step] }[event.key];
			if (!by) return;
			event.preventDefault();
			x += by[0]; y += by[1]; side += by[2];
			choose();
		});
		root.hidden = false;
		document.querySelector("[data-cropper-hint]").hidden = false;
		show();
	}

	const form = studio();
	if (form) {
		for (const picker of form.querySelectorAll("[data-picker]")) picker.hidden = false;
		for (const button of form.querySelectorAll("[data-script-hides]")) button.hidden = true;
		const root = form.querySelector("[data-cropper]");
		if (root) cropper(root);
	}
})();
