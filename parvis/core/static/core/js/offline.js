// A page that works without a network: its worker, the forms whose taps may wait, and the line that says what waits.

import { behind, heardOnPage } from "./clock.js";
import { queue } from "./queue.js";

const whose = document.body.dataset.whose ?? "";

const keeping = new Set(); // forms, and what they are about, of which a tap is being kept just now

/** Sends `form[data-queued]` by the queue; what comes back takes the place of this page. Without this it is a form. */
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-queued]");
  if (!form || !whose) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { subject } = form.dataset;
  if (keeping.has(form) || keeping.has(subject)) return; // two taps of a cold hand are one
  keeping.add(form).add(subject ?? form);
  const tapped_at = new Date().toISOString();
  form.elements.tapped_at.value = tapped_at;
  form.elements.clock_behind.value = behind();
  form.dispatchEvent(new Event("tapped", { bubbles: true })); // who keeps what was typed keeps it under this key
  const values = [...new FormData(form, event.submitter)].filter(([name]) => name !== "csrfmiddlewaretoken");
  const key = form.elements.key.value || crypto.randomUUID();
  const draft = form.closest("[data-draft]")?.dataset.draft;
  await queue.add({ key, url: form.action, values, whose, tapped_at, back: location.pathname, draft, subject });
  keeping.delete(subject);
  await queue.flush(whose);
  keeping.delete(form);
}, { capture: true });

/** The answer's content in the place of this page's, with its address. */
async function show(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = page.querySelector("main");
  if (!main) return window.location.reload();
  document.title = page.title;
  document.querySelector("#messages")?.replaceWith(page.querySelector("#messages"));
  document.querySelector("main").replaceWith(main);
  if (answer.ok) history.replaceState(null, "", answer.url);
  window.htmx?.process(main);
  main.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

/** What waits, what could not be used, what this page is worth. */
customElements.define("queue-bar", class extends HTMLElement {
  connectedCallback() {
    this.line = this.querySelector("[data-line]");
    this.look = this.querySelector("[data-look]");
    this.enter = this.querySelector("[data-enter]");
    this.update = () => this.#update();
    this.answered = (event) => this.#answered(event.detail);
    this.again = () => document.visibilityState === "visible" && queue.flush(whose);
    heardOnPage(Number(this.dataset.now));
    queue.addEventListener("change", this.update);
    queue.addEventListener("answer", this.answered);
    window.addEventListener("online", this.again);
    document.addEventListener("visibilitychange", this.again);
    this.#update().then(this.again);
  }

  async #answered({ tap, kind, answer }) {
    if (kind === "arrived" && tap.draft) localStorage.removeItem(tap.draft);
    this.stranger = kind === "stranger";
    this.broken = kind === "waits" && Boolean(answer);
    // a page that tells by itself what became of a tap says so by preventing this
    const told = new CustomEvent("tap-answer", { detail: { tap, kind, answer }, cancelable: true });
    const plain = document.dispatchEvent(told);
    if (plain && (kind === "arrived" || kind === "refused") && tap.back === location.pathname) {
      if (kind === "refused") await queue.drop(tap.key); // its page says why, and what was typed is in it
      await show(answer);
    }
    this.#update();
  }

  async #update() {
    const taps = await queue.waiting(whose).catch(() => []);
    const others = await queue.others(whose);
    const refused = taps.find((tap) => tap.refused);
    const number = taps.filter((tap) => !tap.refused).length;
    const words = [];
    if (refused) words.push(this.dataset.refused);
    if (number) words.push(this.dataset[this.#why(number)].replace("{count}", number));
    if (others) words.push(this.dataset.others.replace("{count}", others));
    const { kept, broken } = document.body.dataset;
    const said = number && (this.stranger || this.broken || queue.held.size); // one sentence says what is the matter
    if (kept && !said) words.push(this.dataset[broken === undefined ? "kept" : "keptbroken"].replace("{time}", this.#clock(kept)));
    this.line.textContent = words.join(" ");
    this.look.hidden = !refused || refused.back === location.pathname;
    if (refused) this.look.href = refused.back;
    this.enter.hidden = !(number && this.stranger);
    this.hidden = !words.length;
  }

  /** Why so many things wait: which sentence says it. */
  #why(number) {
    if (queue.held.size) return "full";
    if (this.stranger) return "signedout";
    if (this.broken) return "broken";
    return number === 1 ? "one" : "many";
  }

  #clock(moment) {
    const form = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    return form.format(new Date(moment));
  }
});

/** The worker at the folder of these pages; this page and the orders that it names are kept from now on. */
async function start(address) {
  await navigator.serviceWorker.register(address);
  const { active } = await navigator.serviceWorker.ready;
  const linked = [...document.querySelectorAll("a[data-keep]")].map((link) => link.href);
  active.postMessage({ pages: [location.href, ...linked] });
}

const bar = document.querySelector("queue-bar");
if (bar?.dataset.worker && "serviceWorker" in navigator) start(bar.dataset.worker).catch(() => {});
