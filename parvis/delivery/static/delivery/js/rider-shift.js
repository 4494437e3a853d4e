// The rider's shift on one page: what was tapped counts here at once, whether or not the server has heard of it.
//
// The page says how things stood when the server made it (`#shift`); on top of that come the taps that still wait in the
// queue, and those that were sent since (kept in this browser until a newer page knows them). From both follows what is
// shown: the load, the way to the next door, the door, the way home. Everything that may be shown stands in templates.

import { queue } from "../../core/js/queue.js";
import { changes } from "./plan-changes.js";
import { ahead, current, deed, isOpen, ours, standing } from "./shift-standing.js";

const EVERY = 120_000; // how often the plan is looked at again, while somebody looks at it
const whose = document.body.dataset.whose ?? "";
const SENT = `private:${whose}:sent`;

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
    this.#listen();
    changes(this, this.plan, whose);
    navigator.storage?.persist?.().catch(() => {});
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
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("tapped", (event) => { this.tapped = event.target.closest("[data-now]") ? this.shown : ""; });
    this.timer = setInterval(() => this.#refresh(), EVERY);
    this.looked = Date.now();
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
    return open.length ? `way ${open[0]}` : `home ${round.id}`;
  }

  async #update() {
    const taps = (await queue.waiting(whose).catch(() => [])).filter(ours);
    const waiting = taps.filter((tap) => !tap.refused).map(deed);
    const sent = read(SENT).filter((one) => one.at > this.plan.at);
    const rounds = standing(this.plan, [...sent, ...waiting]);
    const next = this.#next(rounds);
    if (this.tapped === this.shown && location.hash) history.replaceState(null, "", location.pathname);
    this.tapped = null;
    const id = location.hash.replace("#stop-", "");
    this.#show(this.templates.has(`door ${id}`) && isOpen(rounds, id) ? `door ${id}` : next);
    this.#rows(rounds, waiting);
    this.#refused(taps.filter((tap) => tap.refused));
    if (this.waited && !waiting.length) this.said.textContent = this.dataset.sent;
    else if (waiting.length) this.said.textContent = this.#told(waiting.at(-1));
    this.waited = waiting.length;
    this.dispatchEvent(new CustomEvent("stands", { detail: { riding: rounds.some((one) => one.left), unsaid: this.unsaid } }));
  }

  #show(name) {
    const template = this.templates.get(name);
    if (name === this.shown || !template) return;
    this.shown = name;
    const fresh = template.content.cloneNode(true);
    // a door may be opened more than once: what is said there the second time is another tap
    for (const key of fresh.querySelectorAll("input[name=key]")) key.value = crypto.randomUUID?.() ?? key.value;
    this.now.replaceChildren(fresh);
    this.now.querySelector("h1")?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
    if (this.stale && !name.startsWith("door")) this.#refresh();
  }

  /** The lists of doors: that of the round which is ridden, with what waits on this phone. */
  #rows(rounds, waiting) {
    const door = this.shown.startsWith("door");
    for (const section of this.querySelectorAll("[data-round]")) section.hidden = door || section.dataset.round !== this.round;
    for (const section of this.querySelectorAll("[data-aside]")) section.hidden = door;
    for (const early of this.querySelectorAll("[data-early]")) early.hidden = !this.shown.startsWith("way");
    for (const row of this.querySelectorAll("li[data-stop]")) {
      const mine = waiting.findLast((one) => one.id === row.dataset.stop);
      const line = row.querySelector("[data-kept]");
      line.hidden = !mine;
      line.textContent = mine ? this.#told(mine) : "";
    }
    const [, id] = this.shown.split(" ");
    const map = this.querySelector("[data-round]:not([hidden]) town-map");
    map?.near?.([...map.querySelectorAll(`a[href*="${id}"]`), map.querySelector(".map__marker--hub")].filter(Boolean));
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
    else if (this.templates.has(`door ${id}`)) history.pushState(null, "", `#stop-${id}`);
    else return;
    event.preventDefault();
    this.#update();
  }

  /** The server has heard a tap: it is remembered until a page knows of it. */
  #answered(event) {
    const { tap, kind, answer } = event.detail;
    if (!ours(tap)) return;
    event.preventDefault();
    if (kind === "arrived") {
      const at = Number(answer.headers.get("parvis-now"));
      const kept = read(SENT).filter((one) => one.at > this.plan.at);
      localStorage.setItem(SENT, JSON.stringify([...kept, { ...deed(tap), at }]));
    }
    this.looked = 0;
    if (kind === "arrived" || kind === "refused") this.#refresh();
  }

  /** The page as the server sees it now, in the place of this one: never while somebody types, or taps still wait. */
  async #refresh() {
    if (document.visibilityState !== "visible" || Date.now() - this.looked < 10_000) return;
    this.stale = this.shown.startsWith("door");
    const waiting = (await queue.waiting(whose).catch(() => [])).filter(ours);
    if (this.stale || this.asking || waiting.some((tap) => !tap.refused)) return;
    this.asking = true;
    try {
      const answer = await fetch(location.pathname, { headers: { "parvis-page": "1" }, cache: "no-store" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("rider-shift");
      this.looked = Date.now();
      if (!fresh || page.body.dataset.kept || page.body.dataset.whose !== whose || this.shown.startsWith("door")) return;
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
