// What was tapped waits here until the server has it: in the browser's own database, sent in the order of the taps.
//
// A tap: { key, url, values: [[name, text or file]], whose, tapped_at, back, draft }. Its `key` says which tap it is, and
// the server counts it once however often it comes; `whose` says who tapped, and nobody else's session sends it; `back`
// is the page where it was tapped. It leaves the database only when the server has answered.

const PATIENCE = 20_000; // how long an answer may take
const AGAIN = 10_000; // how often it is tried while something waits

const done = (request) =>
  new Promise((good, bad) => {
    request.onsuccess = () => good(request.result);
    request.onerror = () => bad(request.error);
  });

let opened;
function open() {
  opened ??= (() => {
    const request = indexedDB.open("parvis", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("taps", { keyPath: "key" });
    return done(request);
  })();
  return opened;
}

async function store(work, mode = "readwrite") {
  const transaction = (await open()).transaction("taps", mode, { durability: "strict" });
  const result = done(work(transaction.objectStore("taps")));
  await new Promise((good, bad) => {
    transaction.oncomplete = good;
    transaction.onabort = () => bad(transaction.error);
  });
  return result;
}

const cookie = (name) => new RegExp(`(?:^|; )${name}=([^;]*)`).exec(document.cookie)?.[1] ?? "";

/** Tells `change` (what waits has changed) and `answer` ({ tap, kind, answer }) to who listens. */
class Queue extends EventTarget {
  /** Keeps a tap; one with the same key takes the place of the earlier one. */
  async add(tap) {
    await store((taps) => taps.put(tap));
    this.dispatchEvent(new Event("change"));
  }

  async drop(key) {
    await store((taps) => taps.delete(key));
    this.dispatchEvent(new Event("change"));
  }

  /** What waits for this person, the oldest first. */
  async waiting(whose) {
    const taps = await store((all) => all.getAll(), "readonly");
    return taps.filter((tap) => tap.whose === whose).sort((a, b) => a.tapped_at.localeCompare(b.tapped_at));
  }

  /** Sends what waits; two pages of one browser take turns. */
  flush(whose) {
    clearTimeout(this.timer);
    const send = () => this.#send(whose);
    return navigator.locks ? navigator.locks.request("parvis-taps", send) : send();
  }

  async #send(whose) {
    for (const tap of await this.waiting(whose)) {
      if (tap.refused) continue;
      const { kind, answer } = await this.#one(tap);
      if (kind === "arrived") await this.drop(tap.key);
      if (kind === "refused") await this.add({ ...tap, refused: true });
      this.dispatchEvent(new CustomEvent("answer", { detail: { tap, kind, answer } }));
      if (kind === "waits" || kind === "stranger") {
        this.timer = setTimeout(() => this.flush(whose), AGAIN);
        if (kind === "stranger" || !answer) return; // no session, or no network: the others would not fare better
      }
    }
  }

  /** `arrived`; `refused` (its page says why); `stranger` (sign in first); `waits` (no network, or a broken server). */
  async #one(tap) {
    const body = new FormData();
    for (const [name, value] of tap.values) body.append(name, value);
    const headers = { "parvis-whose": tap.whose, "x-csrftoken": cookie("csrftoken") };
    try {
      const answer = await fetch(tap.url, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE) });
      if (answer.status >= 500 || answer.status === 429) return { kind: "waits", answer };
      if (answer.headers.get("parvis-whose") === tap.whose) return { kind: answer.ok ? "arrived" : "refused", answer };
      return { kind: answer.status === 404 ? "refused" : "stranger", answer };
    } catch {
      return { kind: "waits" };
    }
  }
}

export const queue = new Queue();
