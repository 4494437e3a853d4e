// Shows pages without a network, or when the server is broken. Of pages it keeps only those that say whose they are,
// with every file that they name, and the plain page about the missing network; it answers only below its own address,
// sends nothing by itself and knows nobody. A script that asks for a page as if it were opened says `parvis-page`.

const WHOSE = "parvis-whose";
const SLOW = 5_000; // after so long, a page as it was is better than none
const HOURS = 16; // a page older than a day's work says nothing that is still true
const MOST_FILES = 150;
const FIXED = /\.[0-9a-f]{12}\./; // the name says what is in the file
const NEEDED = /\.(js|css)$/; // without these a page is none
const GONE = [401, 403, 404, 410];
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
  else if (request.mode === "navigate" || request.headers.has("parvis-page")) event.respondWith(page(event));
});

// A page names itself and the pages behind it: they open later though nobody has opened them yet.
self.addEventListener("message", (event) => event.waitUntil(keepAll(event.data)));

async function keepAll({ pages }) {
  for (const name of pages) {
    if (await caches.match(name, { ignoreVary: true })) continue;
    const request = new Request(name);
    await keepPage(request, await fetch(request));
  }
}

/** All files that a page needs, also those that its scripts and styles name, as the camera's reader of codes. */
async function keepFiles(html, base) {
  const names = new Set([...html.matchAll(/"(\/static\/[^"#?]+)[#"]/g)].map(([, path]) => new URL(path, base).href));
  const absent = await Promise.all([...names].map(async (name) => FIXED.test(name) && !(await caches.match(name))));
  const changed = absent.some(Boolean); // another release: what has no fingerprint is another one too
  const seen = new Set();
  const keep = async (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    const kept = changed && !FIXED.test(name) ? undefined : await caches.match(name);
    const answer = kept ?? (await file(new Request(name)));
    if (!NEEDED.test(name)) return; // a picture names nothing else, and is no reason
    if (!answer.ok) throw new Error(name);
    await Promise.all(namedIn(await answer.text(), name).map(keep));
  };
  await Promise.all([...names].map(keep));
}

/** What a script imports and a style shows. */
function namedIn(text, name) {
  const pattern = { js: /^\s*(?:import|export)\b[^"';]*["'](\.[^"']+)["']/gm, css: /url\(["']?([^"')#?]+)/g }[name.split(".").at(-1)];
  if (!pattern) return [];
  const found = [...text.matchAll(pattern)].map(([, path]) => new URL(path, name));
  return found.filter(({ origin }) => origin === self.location.origin).map(({ href }) => href);
}

/** Files with a fingerprint never change; the others are fetched again while there is a network. */
async function file(request) {
  const kept = await caches.match(request);
  if (kept && FIXED.test(request.url)) return kept;
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

async function page(event) {
  const { request } = event;
  const kept = await found(request);
  const fresh = fetch(request);
  event.waitUntil(fresh.then((answer) => keepPage(request, answer.clone())).catch(() => {}));
  let broken = false;
  try {
    const answer = await (kept ? Promise.race([fresh, tooSlow()]) : fresh);
    broken = answer.status >= 500 || [408, 429].includes(answer.status);
    if (!broken || !kept) return answer;
  } catch {
    // no network, or none that is worth the name
  }
  const other = kept ?? (await below(request.url));
  return other ? asItWas(other, broken) : ((await caches.match(NOT_KEPT)) ?? Response.error());
}

const tooSlow = () => new Promise((_done, failed) => setTimeout(() => failed(new Error("slow")), SLOW));

/** A page is kept once its files are; one that says no longer whose it is (signed out, gone) is kept no longer. */
async function keepPage(request, answer) {
  const whose = answer.headers.get(WHOSE);
  if (answer.ok && whose) {
    const copy = answer.clone();
    await keepFiles(await answer.text(), request.url);
    await (await caches.open(`private:${whose}`)).put(request.url, dated(copy));
  } else if (answer.type === "opaqueredirect" || GONE.includes(answer.status)) await forget(request);
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

/** The same page, saying since when it has not been refreshed, and whether the server is to blame. */
async function asItWas(kept, broken) {
  const text = await kept.text();
  const why = broken ? "data-broken " : "";
  return new Response(text.replace("<body ", `<body data-kept="${kept.headers.get("parvis-kept")}" ${why}`), kept);
}
