// The rider's shift on one page: what was tapped counts here at once, whether or not the server has heard of it.
//
// The page says how things stood when the server made it (`#shift`); on top of that come the taps that still wait in the
// queue, and those that were sent since (kept in this browser until a newer page knows them). From both follows what is
// shown: the load, the way to the next door, the door, the way home. Everything that may be shown stands in templates.

import { queue } from "../../core/js/queue.js";
import { Drafts } from "./door-drafts.js";
import { changes } from "./plan-changes.js";
import { ahead, current, deed, ours, pageOf, standing, wayTo } from "./shift-standing.js";

const EVERY = 120_000; // how often the plan is looked at again, while somebody looks at it
const CALM = 500; // so long a page that has just come hears no finger: the second tap of a cold hand was meant for the last
const STILL = 20 * 60_000; // whoever comes back sooner is still at the door where something was begun
const whose = document.body.dataset.whose ?? "";
const SENT = `private:${whose}:sent`;

const drafts = new Drafts(whose);
const heard = []; // what the server has heard, where the browser's store has no room for it
let opened = false;

/** Whether a page is one on which somebody types: at a door, or at a shop. */
const isDoor = (name) => /^(door|fetch) /.test(name);

const read = (name) => {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "[]");
  } catch {
    return [];
  }
};

customElements.define("rider-shift", class extends HTMLElement {
  async connectedCallback() {
    this.plan = JSON.parse(this.querySelector("#shift").textContent);
    [this.now, this.said] = [this.querySelector("[data-now]"), this.querySelector("[data-said]")];
    this.templates = new Map([...this.querySelectorAll("template")].map((one) => {
      const [[kind, id]] = Object.entries(one.dataset).length ? Object.entries(one.dataset) : [["", ""]];
      return [`${kind} ${id}`, one];
    }));
    this.shown = this.#next(standing(this.plan, []));
    this.codes = new Map(this.plan.rounds.flatMap((round) => round.stops.map((stop) => [stop.id, stop.code])));
    this.#listen();
    this.#calm();
    changes(this, this.plan, whose);
    navigator.storage?.persist?.().catch(() => {});
    const read = drafts.read((code) => [...this.codes.values()].includes(code));
    await Promise.race([read, new Promise((go) => setTimeout(go, 2_000))]); // a database that hangs holds nobody up
    if (!opened) await this.#whereIWas();
    opened = true;
    await this.#update();
  }

  disconnectedCallback() {
    this.leaving.abort();
    clearInterval(this.timer);
  }

  #listen() {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    queue.addEventListener("change", () => this.#update(), { signal });
    document.addEventListener("tap-answer", (event) => this.#answered(event), { signal });
    document.addEventListener("visibilitychange", () => this.#refresh(), { signal });
    addEventListener("online", () => this.#refresh(), { signal });
    addEventListener("popstate", () => this.#update(), { signal });
    this.addEventListener("click", (event) => {
      if (!event.detail || event.timeStamp - this.fresh >= CALM) return; // a keyboard says no detail
      event.preventDefault();
      event.stopImmediatePropagation();
    }, { capture: true });
    this.addEventListener("click", (event) => this.#click(event));
    for (const kind of ["input", "change", "chosen"]) this.now.addEventListener(kind, () => this.#draft());
    this.addEventListener("tapped", (event) => this.#tapped(event.target));
    this.timer = setInterval(() => this.#refresh(), EVERY);
    this.looked = performance.now();
  }

  /** The door at which something was begun when the browser died opens again, unless it was tapped there as well. */
  async #whereIWas() {
    const taps = (await queue.waiting(whose).catch(() => [])).filter(ours).map(deed);
    const deeds = [...read(SENT).filter((one) => one.at > this.plan.at), ...taps];
    this.#spent(standing(this.plan, deeds), deeds);
    const last = [...drafts.known.values()].sort((a, b) => b.at - a.at)[0];
    if (location.hash || !last || Date.now() - last.at > STILL) return;
    const [id] = [...this.codes].find(([, code]) => code === last.code);
    history.replaceState(null, "", `#stop-${id}`);
  }

  /** What is chosen or typed at a door stays on this phone. */
  #draft() {
    const code = this.codes.get(this.shown.split(" ")[1]);
    if (isDoor(this.shown) && code) drafts.keep(code, this.now);
  }

  #tapped(form) {
    this.tapped = form.closest("[data-now]") ? this.shown : "";
    const draft = drafts.known.get(this.codes.get(this.tapped.split(" ")[1]));
    if (draft) draft.at = 0; // it goes as soon as the tap is kept, whatever the clock says
  }

  /** What comes next: the name of a template. */
  #next(rounds) {
    const round = current(rounds);
    this.round = round?.id ?? "";
    if (!round) return "done ";
    if (!round.left) return `load ${round.id}`;
    const order = [...this.templates.keys()].filter((name) => name.startsWith("way ")).map((name) => name.slice(4));
    const open = ahead(round, order);
    this.unsaid = open.length;
    return open.length ? wayTo(rounds, open[0]) : `home ${round.id}`;
  }

  async #update() {
    const taps = (await queue.waiting(whose).catch(() => [])).filter(ours);
    const waiting = taps.filter((tap) => !tap.refused).map(deed);
    const sent = [...read(SENT), ...heard].filter((one) => one.at > this.plan.at);
    const rounds = standing(this.plan, [...sent, ...waiting]);
    this.#spent(rounds, [...sent, ...waiting]);
    const next = this.#next(rounds);
    if (this.tapped === this.shown && location.hash) history.replaceState(null, "", location.pathname);
    this.tapped = null;
    const id = location.hash.replace("#stop-", "");
    const said = pageOf(rounds, id);
    this.#show(this.templates.has(said) ? said : next);
    this.#rows(rounds, waiting);
    this.#refused(taps.filter((tap) => tap.refused));
    if (this.waited && !waiting.length) this.said.textContent = this.dataset.sent;
    else if (waiting.length) this.said.textContent = this.#told(waiting.at(-1));
    this.waited = waiting.length;
    if (this.due) this.#refresh();
    this.dispatchEvent(new CustomEvent("stands", { detail: { riding: rounds.some((one) => one.left), unsaid: this.unsaid } }));
  }

  /** What was begun at a door goes once it is tapped there, and where nothing more may be said. */
  #spent(rounds, deeds) {
    for (const [id, code] of this.codes) {
      const draft = drafts.known.get(code);
      if (!draft || queue.held.size) continue;
      const tapped = deeds.some((one) => one.id === id && draft.at <= Date.parse(one.tapped_at));
      if (tapped || !pageOf(rounds, id)) drafts.drop(code);
    }
  }

  /** A finger is not heard for a moment, nor one whose tap was made in it and comes late on a slow telephone. */
  #calm() {
    this.dataset.fresh = "";
    this.fresh = Number(document.timeline.currentTime);
    clearTimeout(this.calming);
    this.calming = setTimeout(() => delete this.dataset.fresh, CALM);
  }

  #show(name) {
    const template = this.templates.get(name);
    if (name === this.shown || !template) return;
    this.shown = name;
    const fresh = template.content.cloneNode(true);
    // a door may be opened more than once: what is said there the second time is another tap
    for (const key of fresh.querySelectorAll("input[name=key]")) key.value = crypto.randomUUID?.() ?? key.value;
    this.now.replaceChildren(fresh);
    this.#calm();
    const code = isDoor(name) && this.codes.get(name.split(" ")[1]);
    if (code && drafts.restore(code, this.now)) this.now.querySelector("[data-restored]").textContent = this.dataset.restored;
    this.now.querySelector("h1")?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
    if (this.stale && !isDoor(name)) this.#refresh();
  }

  /** The lists of doors: that of the round which is ridden, with what waits on this phone. */
  #rows(rounds, waiting) {
    const door = isDoor(this.shown);
    for (const section of this.querySelectorAll("[data-round]")) section.hidden = door || section.dataset.round !== this.round;
    for (const section of this.querySelectorAll("[data-aside]")) section.hidden = door;
    for (const early of this.querySelectorAll("[data-early]")) early.hidden = !/^(way|shop) /.test(this.shown);
    for (const row of this.querySelectorAll("li[data-stop]")) {
      const mine = waiting.findLast((one) => one.id === row.dataset.stop);
      const line = row.querySelector("[data-kept]");
      line.hidden = !mine;
      line.textContent = mine ? this.#told(mine) : "";
    }
    this.querySelector("[data-round]:not([hidden]) town-map")?.along?.(this.shown);
  }

  /** "Handed over at 10:12: kept on this phone". */
  #told(one) {
    return this.dataset.phone.replace("{what}", this.#what(one));
  }

  #what({ verb, tapped_at }) {
    const form = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    return (this.dataset[verb] ?? verb).replace("{time}", form.format(new Date(tapped_at)));
  }

  /** What the server could not use, with its reason, until the rider has read it. */
  #refused(taps) {
    const box = this.querySelector("[data-refused]");
    const list = box.querySelector("[data-list]");
    const streets = new Map(this.plan.rounds.flatMap((round) => round.stops.map((stop) => [stop.id, stop.street])));
    list.replaceChildren(...taps.map((tap) => {
      const item = box.querySelector("template").content.cloneNode(true);
      const one = deed(tap);
      item.querySelector("[data-what]").textContent = [streets.get(one.id), this.#what(one)].filter(Boolean).join(" · ");
      item.querySelector("[data-why]").textContent = tap.refused === true ? this.dataset.gone : tap.refused;
      item.querySelector("[data-again]").addEventListener("click", () => queue.retry(tap.key, whose));
      item.querySelector("[data-read]").addEventListener("click", () => queue.drop(tap.key));
      return item;
    }));
    box.hidden = !taps.length;
  }

  #click(event) {
    const link = event.target.closest("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const [, , id] = new URL(link.getAttribute("href"), location.href).pathname.split("/").filter(Boolean);
    if (link.matches("[data-next]")) history.replaceState(null, "", location.pathname);
    else if (this.templates.has(`door ${id}`) || this.templates.has(`fetch ${id}`)) history.pushState(null, "", `#stop-${id}`);
    else return;
    event.preventDefault();
    this.#update();
  }

  /** The server has heard a tap: it is remembered until a page knows of it. */
  #answered(event) {
    const { tap, kind, answer } = event.detail;
    if (!ours(tap)) return;
    event.preventDefault();
    if (kind === "arrived") this.#remember({ ...deed(tap), at: Number(answer.headers.get("parvis-now")) });
    this.due ||= kind === "arrived" || kind === "refused"; // the plan is looked at as soon as nothing waits
    if (kind === "refused") this.#refresh();
  }

  #remember(one) {
    heard.push(one);
    const kept = read(SENT).filter((other) => other.at > this.plan.at);
    try {
      localStorage.setItem(SENT, JSON.stringify([...kept, one]));
    } catch {
      // it is remembered as long as this page is open
    }
  }

  /** The page as the server sees it now, in the place of this one: never while somebody types, or taps still wait. */
  async #refresh() {
    if (document.visibilityState !== "visible" || (!this.due && performance.now() - this.looked < 10_000)) return;
    this.stale = isDoor(this.shown);
    const waiting = (await queue.waiting(whose).catch(() => [])).filter(ours);
    if (this.stale || this.asking || waiting.some((tap) => !tap.refused)) return;
    this.asking = true;
    try {
      const answer = await fetch(location.pathname, { headers: { "parvis-page": "1" }, cache: "no-store" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("rider-shift");
      this.looked = performance.now();
      this.due = false;
      if (!fresh || page.body.dataset.kept || page.body.dataset.whose !== whose || isDoor(this.shown)) return;
      delete document.body.dataset.kept;
      document.querySelector("queue-bar")?.update();
      const inside = this.contains(document.activeElement);
      fresh.querySelector("[data-said]").textContent = this.said.textContent;
      this.replaceWith(document.adoptNode(fresh));
      if (inside) fresh.querySelector("h1")?.focus({ preventScroll: true });
    } catch {
      // no network: the page stays as it is
    } finally {
      this.asking = false;
    }
  }
});
