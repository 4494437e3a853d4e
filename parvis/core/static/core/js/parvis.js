// Small elements of the ground floor, in light DOM. Every page works without them.

// Rows of ways that are wider than a phone open on the place where one is.
for (const here of document.querySelectorAll(".nav [aria-current], .pills [aria-current]")) {
  const row = here.closest("ul");
  row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}

// What has the focus in such a row is seen whole: browsers leave it cut where a part of it shows.
document.addEventListener("focusin", ({ target }) => {
  if (target.closest(".nav ul, .pills")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
});

// The box of the ways opens over the page: a tap beside it closes it, and so does Escape.
const closeWays = ({ target, key }) => {
  const box = document.querySelector(".nav__box[open]");
  if (!box || (key ? key !== "Escape" : box.contains(target))) return;
  box.open = false;
  if (key) box.querySelector("summary").focus();
};
for (const kind of ["click", "keydown"]) document.addEventListener(kind, closeWays);

// A swap may take away what had the focus, such as a button that has done its work. One goes on in the nearest part of the
// page that is still there: at its heading, or at the first thing in it that can be pressed.
const PRESSED = "a[href], button:not(:disabled), input:not(:disabled, [type=hidden]), select, textarea, summary";
let held = [];
document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const here = document.activeElement;
  if (!detail.target.contains(here)) return;
  held = [];
  for (let part = here; part; part = part.parentElement) if (part.id) held.push(part.id);
});
document.body.addEventListener("htmx:afterSettle", () => {
  const part = document.activeElement === document.body && held.map((id) => document.getElementById(id)).find(Boolean);
  held = [];
  if (!part) return;
  const heading = part.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  (heading ?? (part.matches(PRESSED) ? part : part.querySelector(PRESSED)))?.focus({ preventScroll: Boolean(heading) });
});

// Pages that were kept on this device for one person (see offline.js) leave it with them.
const { whose } = document.body.dataset;
if (whose !== undefined && "caches" in window) {
  for (const name of await caches.keys().catch(() => [])) {
    if (name.startsWith("private:") && name !== `private:${whose}`) await caches.delete(name);
  }
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith("private:") && !name.startsWith(`private:${whose}:`)) localStorage.removeItem(name);
  }
  for (const { name } of (await globalThis.indexedDB?.databases?.().catch(() => [])) ?? []) {
    if (name.startsWith("private:") && name !== `private:${whose}`) indexedDB.deleteDatabase(name);
  }
}

/** The summary above a form takes the focus, so that it is read first. */
customElements.define("error-summary", class extends HTMLElement {
  connectedCallback() {
    this.firstElementChild?.focus();
  }
});

/** Adds a button before and after a number box; the box keeps its limits and tells the page it changed. */
customElements.define("quantity-stepper", class extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("button")) return;
    this.input = this.querySelector("input");
    this.less = this.#button("−", this.dataset.less ?? "−", () => this.input.stepDown());
    this.more = this.#button("+", this.dataset.more ?? "+", () => this.input.stepUp());
    this.prepend(this.less);
    this.append(this.more);
    this.input.addEventListener("input", () => this.#limits());
    this.#limits();
  }

  #button(sign, words, step) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", words);
    button.addEventListener("click", () => {
      step();
      this.input.dispatchEvent(new Event("input", { bubbles: true }));
      this.input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return button;
  }

  #limits() {
    const { value, min, max } = this.input;
    this.less.disabled = min !== "" && Number(value) <= Number(min);
    this.more.disabled = max !== "" && Number(value) >= Number(max);
  }
});

/** A button that prints, shown only where a script can print. */
customElements.define("print-button", class extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("click", () => window.print());
  }
});
