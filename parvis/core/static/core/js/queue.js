// What was tapped waits here until the server has it: in the browser's own database, sent in the order of the taps.
//
// A tap: { key, url, values: [[name, text or file]], whose, tapped_at, back, draft, subject, number, refused }. Its `key`
// says which tap it is, and the server counts it once however often it comes; `whose` says who tapped, and nobody else's
// session sends it; `back` is the page where it was tapped. `subject` says what it is about ("round/stop"): what belongs
// together is sent in its order. `number` counts the taps, whatever the clock does. It leaves the database only when the
// server has answered; a `refused` one (why, in a sentence) stays until a page has shown it. Where the device has no
// room, a tap stays with the page that was tapped (`held`), which must not be closed until it is sent or there is room.

import { heard } from "./clock.js";
import { Store } from "./store.js";

const PATIENCE = 20_000; // how long an answer may take, and
const SLOWEST = 10; // bytes in a millisecond that a poor network still carries: a photo has more time
const AGAIN = 10_000; // how often it is tried while something waits
const LATER = [408, 425, 429]; // the server asks to come again

const database = new Store("parvis", "taps", "key");
const elsewhere = new BroadcastChannel("parvis-taps"); // the other pages of this browser

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
const weight = ({ values }) => values.reduce((sum, [, value]) => sum + (value.size ?? value.length), 0);

/** Tells `change` (what waits has changed) and `answer` ({ tap, kind, answer }) to who listens. */
class Queue extends EventTarget {
  /** Taps for which the device has no room, by key. */
  held = new Map();

  constructor() {
    super();
    elsewhere.onmessage = () => this.dispatchEvent(new Event("change"));
    addEventListener("beforeunload", (event) => this.held.size && event.preventDefault());
  }

  /** Keeps a tap; one with the same key takes the place of the earlier one. */
  async add(tap) {
    await this.#keep(tap);
    this.#changed();
  }

  async #keep(tap) {
    const next = (taps) => Math.max(0, ...taps.map(({ number }) => number ?? 0)) + 1;
    try {
      await database.putAfter((taps) => ({ number: next(taps), ...tap }));
      this.held.delete(tap.key);
    } catch {
      const taps = await this.#all();
      this.held.set(tap.key, { number: next(taps), ...tap });
    }
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
    elsewhere.postMessage("");
  }

  /** A refused tap is to be tried again. */
  async retry(key, whose) {
    const tap = (await this.waiting(whose)).find((one) => one.key === key);
    if (tap) await this.add({ ...tap, refused: undefined });
    await this.flush(whose);
  }

  async #all() {
    const kept = await database.all().catch(() => []);
    return [...kept.filter(({ key }) => !this.held.has(key)), ...this.held.values()];
  }

  async drop(key) {
    this.held.delete(key);
    await database.delete(key).catch(() => {}); // it is sent once more, and counts once
    this.#changed();
  }

  /** What waits for this person, the oldest first. */
  async waiting(whose) {
    const mine = (await this.#all()).filter((tap) => tap.whose === whose);
    return mine.sort((a, b) => (a.number ?? 0) - (b.number ?? 0) || a.tapped_at.localeCompare(b.tapped_at));
  }

  /** How many taps of others wait on this device until they sign in again. */
  async others(whose) {
    return (await this.#all()).filter((tap) => tap.whose !== whose && !tap.refused).length;
  }

  /** Sends what waits; two pages of one browser take turns. */
  flush(whose) {
    clearTimeout(this.timer);
    const send = () => this.#send(whose);
    return navigator.locks ? navigator.locks.request("parvis-taps", send) : send();
  }

  async #send(whose) {
    for (const tap of [...this.held.values()]) await this.#keep(tap); // there may be room by now
    const stuck = [];
    let late = 0;
    for (const tap of await this.waiting(whose)) {
      if (tap.refused || stuck.some((earlier) => waitsFor(earlier, tap))) {
        stuck.push(tap);
        continue;
      }
      const { kind, answer, silent } = await this.#one(tap);
      if (kind === "refused") await this.add({ ...tap, refused: saidBy(answer) });
      if (kind !== "arrived") stuck.push(kind === "refused" ? { ...tap, refused: true } : tap);
      // whoever listens remembers it first: a phone that dies now sends it once more, and it counts once
      this.dispatchEvent(new CustomEvent("answer", { detail: { tap, kind, answer } }));
      if (kind === "arrived") await this.drop(tap.key);
      if (kind === "waits" || kind === "stranger") {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.flush(whose), AGAIN);
        if (kind === "stranger" || (!answer && !silent)) return; // no session, or no network: the others fare no better
        late += silent ? 1 : 0;
        if (late > 1) return;
      }
    }
  }

  /** `arrived`; `refused` (its page says why); `stranger` (sign in first); `waits`: no network, no answer in time
   * (`silent`), or an `answer` that is not that of our server, or of a broken one.
   */
  async #one(tap) {
    const body = new FormData();
    for (const [name, value] of tap.values) body.append(name, value);
    const headers = { "parvis-whose": tap.whose, "x-csrftoken": cookie("csrftoken") };
    const sent = Date.now();
    try {
      const signal = AbortSignal.timeout(PATIENCE + weight(tap) / SLOWEST);
      const answer = await fetch(tap.url, { method: "POST", body, headers, signal });
      if (!answer.redirected) heard(Number(answer.headers.get("parvis-now")), sent, Date.now());
      if (answer.status >= 500 || LATER.includes(answer.status)) return { kind: "waits", answer };
      if (answer.headers.get("parvis-whose") === tap.whose) return { kind: answer.ok ? "arrived" : "refused", answer };
      if (answer.redirected || answer.status === 401 || answer.status === 403) return { kind: "stranger", answer };
      return { kind: answer.ok ? "waits" : "refused", answer };
    } catch (error) {
      return { kind: "waits", silent: error.name === "TimeoutError" };
    }
  }
}

export const queue = new Queue();
