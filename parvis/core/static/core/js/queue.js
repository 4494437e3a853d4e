// What was tapped waits here until the server has it: in the browser's own database, sent in the order of the taps.
//
// A tap: { key, url, values: [[name, text or file]], whose, tapped_at, back, draft, subject, number, refused }. Its `key`
// says which tap it is, and the server counts it once however often it comes; `whose` says who tapped, and nobody else's
// session sends it; `back` is the page where it was tapped. `subject` says what it is about ("round/stop"): what belongs
// together is sent in its order. `number` counts the taps, whatever the clock does. It leaves the database only when the
// server has answered; a `refused` one (why, in a sentence) stays until a page has shown it.

import { heard } from "./clock.js";

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

/** Whether `later` must wait for `earlier`: the same thing or a part of it; what is refused holds up only its parts. */
function waitsFor(earlier, later) {
  if (!earlier.subject || !later.subject) return false;
  const [one, other] = [`${earlier.subject}/`, `${later.subject}/`];
  return earlier.refused ? other !== one && other.startsWith(one) : other.startsWith(one) || one.startsWith(other);
}

/** Why the server refused, in its own words; true where it did not say. */
function saidBy(answer) {
  try {
    return decodeURIComponent(answer.headers.get("parvis-said") ?? "") || true;
  } catch {
    return true;
  }
}

const cookie = (name) => new RegExp(`(?:^|; )${name}=([^;]*)`).exec(document.cookie)?.[1] ?? "";

/** Tells `change` (what waits has changed) and `answer` ({ tap, kind, answer }) to who listens. */
class Queue extends EventTarget {
  /** Keeps a tap; one with the same key takes the place of the earlier one. */
  async add(tap) {
    const numbers = tap.number ? [] : (await this.#all()).map((one) => one.number ?? 0);
    await store((taps) => taps.put({ number: Math.max(0, ...numbers) + 1, ...tap }));
    this.dispatchEvent(new Event("change"));
  }

  /** A refused tap is to be tried again. */
  async retry(key, whose) {
    const tap = (await this.waiting(whose)).find((one) => one.key === key);
    if (tap) await this.add({ ...tap, refused: undefined });
    await this.flush(whose);
  }

  #all() {
    return store((taps) => taps.getAll(), "readonly");
  }

  async drop(key) {
    await store((taps) => taps.delete(key));
    this.dispatchEvent(new Event("change"));
  }

  /** What waits for this person, the oldest first. */
  async waiting(whose) {
    const mine = (await this.#all()).filter((tap) => tap.whose === whose);
    return mine.sort((a, b) => (a.number ?? 0) - (b.number ?? 0) || a.tapped_at.localeCompare(b.tapped_at));
  }

  /** Sends what waits; two pages of one browser take turns. */
  flush(whose) {
    clearTimeout(this.timer);
    const send = () => this.#send(whose);
    return navigator.locks ? navigator.locks.request("parvis-taps", send) : send();
  }

  async #send(whose) {
    const stuck = [];
    for (const tap of await this.waiting(whose)) {
      if (tap.refused || stuck.some((earlier) => waitsFor(earlier, tap))) {
        stuck.push(tap);
        continue;
      }
      const { kind, answer } = await this.#one(tap);
      if (kind === "arrived") await this.drop(tap.key);
      else stuck.push(kind === "refused" ? { ...tap, refused: saidBy(answer) } : tap);
      if (kind === "refused") await this.add(stuck.at(-1));
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
    const sent = Date.now();
    try {
      const answer = await fetch(tap.url, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE) });
      if (!answer.redirected) heard(Number(answer.headers.get("parvis-now")), sent, Date.now());
      if (answer.status >= 500 || answer.status === 429) return { kind: "waits", answer };
      if (answer.headers.get("parvis-whose") === tap.whose) return { kind: answer.ok ? "arrived" : "refused", answer };
      return { kind: answer.status === 404 ? "refused" : "stranger", answer };
    } catch {
      return { kind: "waits" };
    }
  }
}

export const queue = new Queue();
