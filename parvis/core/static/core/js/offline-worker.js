// Shows pages without a network. Of pages it keeps only those that say whose they are, and the plain page about the
// missing network; it answers only below its own address, sends nothing by itself and knows nobody. A script that asks
// for a page as if it were opened says `parvis-page`.

const WHOSE = "parvis-whose";
const SLOW = 5_000; // after so long, a page as it was is better than none
const HOURS = 16; // a page older than a day's work says nothing that is still true
const MOST_FILES = 150;
const NOT_KEPT = new URL("offline.html", self.registration.scope).href;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  const nobodys = new Request(NOT_KEPT, { credentials: "omit" });
  event.waitUntil(caches.open("plain").then((plain) => plain.add(nobodys)));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate" || request.headers.has("parvis-page")) event.respondWith(page(request));
});

// A page names what it needs, and the pages behind it: they open later though nobody has opened them yet.
self.addEventListener("message", (event) => event.waitUntil(keepAll(event.data)));

async function keepAll({ files, pages }) {
  for (const name of files) if (!(await caches.match(name))) await file(new Request(name));
  for (const name of pages) {
    if (await caches.match(name, { ignoreVary: true })) continue;
    const request = new Request(name);
    await keepPage(request, await fetch(request));
  }
}

/** Files with a fingerprint never change; the others are fetched again while there is a network. */
async function file(request) {
  const fixed = /\.[0-9a-f]{12}\./.test(request.url);
  const kept = await caches.match(request);
  if (kept && fixed) return kept;
  try {
    const answer = await fetch(request);
    if (answer.ok) await keepFile(request, answer.clone());
    return answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

async function keepFile(request, answer) {
  const files = await caches.open("files");
  await files.put(request, answer);
  const names = await files.keys();
  await Promise.all(names.slice(0, Math.max(0, names.length - MOST_FILES)).map((name) => files.delete(name)));
}

async function page(request) {
  const kept = await found(request);
  const fresh = fetch(request).then(async (answer) => {
    await keepPage(request, answer.clone());
    return answer;
  });
  fresh.catch(() => {}); // nobody may be waiting for it any more
  try {
    return await (kept ? Promise.race([fresh, tooSlow()]) : fresh);
  } catch {
    const other = kept ?? (await below(request.url));
    return other ? asItWas(other) : ((await caches.match(NOT_KEPT)) ?? Response.error());
  }
}

const tooSlow = () => new Promise((_done, failed) => setTimeout(() => failed(new Error("slow")), SLOW));

/** A page that says no longer whose it is (signed out, gone) is kept no longer. */
async function keepPage(request, answer) {
  const whose = answer.headers.get(WHOSE);
  if (answer.ok && whose) await (await caches.open(`private:${whose}`)).put(request.url, dated(answer));
  else if (answer.type === "opaqueredirect" || (answer.status >= 400 && answer.status < 500)) await forget(request);
}

function dated(answer) {
  const headers = new Headers(answer.headers);
  headers.set("parvis-kept", new Date().toISOString());
  return new Response(answer.body, { headers });
}

async function forget(request) {
  for (const name of await caches.keys()) if (name.startsWith("private:")) await (await caches.open(name)).delete(request.url);
}

async function found(request) {
  const kept = await caches.match(request.url, { ignoreVary: true });
  if (!kept) return undefined;
  if (Date.now() - Date.parse(kept.headers.get("parvis-kept")) < HOURS * 3_600_000) return kept;
  await forget(request);
  return undefined;
}

/** The first page of this person in the folder that was asked for: `/merchant/` opens the only shop. */
async function below(address) {
  for (const name of await caches.keys()) {
    if (!name.startsWith("private:")) continue;
    const pages = await (await caches.open(name)).keys();
    const first = pages.map((one) => one.url).filter((url) => url.startsWith(address)).sort((a, b) => a.length - b.length)[0];
    if (first) return found(new Request(first));
  }
  return undefined;
}

/** The same page, saying since when it has not been refreshed. */
async function asItWas(kept) {
  const text = await kept.text();
  return new Response(text.replace("<body ", `<body data-kept="${kept.headers.get("parvis-kept")}" `), kept);
}
