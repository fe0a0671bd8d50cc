// The service worker: keeps the hashed files, the offline page and what that shows, and nothing that belongs to a person. A page always
// comes from the network; without one, /offline says so. Package static puts the release's version into the name of
// the cache, so a release makes a new one and the old one goes.
const cacheName = "myisp-VERSION";
const offline = "/offline";

self.addEventListener("install", (event) => {
	event.waitUntil((async () => {
		const cache = await caches.open(cacheName);
		// Asked for without cookies: what is kept must not depend on who is logged in.
		const page = await fetch(offline, { credentials: "omit", cache: "reload" });
		if (!page.ok) throw new Error("no offline page");
		const text = await page.clone().text();
		await cache.put(offline, page);
		const parts = [...text.matchAll(/(?:href|src)="(\/(?:static|brand)\/[^"]+)"/g)].map((match) => match[1]);
		await cache.addAll(parts);
		await self.skipWaiting();
	})());
});

self.addEventListener("activate", (event) => {
	event.waitUntil((async () => {
		for (const name of await caches.keys()) {
			if (name.startsWith("myisp-") && name !== cacheName) await caches.delete(name);
		}
		await self.clients.claim();
	})());
});

self.addEventListener("fetch", (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (request.method !== "GET" || url.origin !== self.location.origin) return;
	if (request.mode === "navigate") {
		event.respondWith(fetch(request).catch(async () => (await caches.match(offline)) || Response.error()));
		return;
	}
	if (url.pathname.startsWith("/static/") || url.pathname.startsWith("/brand/")) event.respondWith(kept(request, url));
});

// kept answers hashed files from the cache; a brand's files may change under their name, so the network goes first.
async function kept(request, url) {
	const cache = await caches.open(cacheName);
	if (url.pathname.startsWith("/brand/")) return fetch(request).catch(async () => (await cache.match(request)) || Response.error());
	const found = await cache.match(request);
	if (found) return found;
	const response = await fetch(request);
	if (response.ok) await cache.put(request, response.clone());
	return response;
}
