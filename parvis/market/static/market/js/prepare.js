// Filling a bag with one hand, in a cellar: what is typed stays on the phone until the server has it.

import { queue } from "../../core/js/queue.js";

/** Shows what a weight costs while it is typed, and marks what is too heavy. The server counts again by itself. */
customElements.define("weigh-box", class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.output = this.querySelector("output");
    const { price, currency } = this.dataset;
    this.money = new Intl.NumberFormat(document.documentElement.lang || "fr", { style: "currency", currency });
    this.price = Number(price);
    this.input.addEventListener("input", () => this.show());
    this.show();
  }

  show() {
    const grams = Number(this.input.value);
    const known = this.input.value !== "" && Number.isFinite(grams) && grams >= 0;
    this.output.value = known ? this.money.format(Math.floor((this.price * grams) / 1000 + 0.5) / 100) : "";
    this.classList.toggle("weigh--heavy", known && grams > Number(this.dataset.most));
  }
});

/** A form whose values stay in this browser until the server has them; `core/js/offline.js` sends it. */
customElements.define("kept-form", class extends HTMLElement {
  async connectedCallback() {
    this.form = this.querySelector("form");
    this.said = this.querySelector("[role=status]");
    this.key = this.dataset.draft;
    const kept = this.#read();
    if (kept) this.#restore(kept);
    for (const kind of ["input", "change", "tapped"]) this.form.addEventListener(kind, () => this.#keep());
    this.update = () => this.#update();
    queue.addEventListener("change", this.update);
    queue.addEventListener("answer", this.update);
    await this.#update();
  }

  disconnectedCallback() {
    queue.removeEventListener("change", this.update);
    queue.removeEventListener("answer", this.update);
  }

  /** Says that what was sent has not arrived yet. */
  async #update() {
    const taps = await queue.waiting(document.body.dataset.whose).catch(() => []);
    const waits = taps.some((tap) => tap.draft === this.key && !tap.refused);
    if (waits) this.said.textContent = this.dataset.kept;
    else if (this.waited) this.said.textContent = "";
    this.waited = waits;
  }

  #values() {
    const pairs = [...new FormData(this.form)].filter(([name]) => name !== "csrfmiddlewaretoken");
    return pairs.map(([name, value]) => [name, String(value)]);
  }

  #keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify(this.#values()));
    } catch {
      // a browser without a store still sends
    }
  }

  #read() {
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? "null");
    } catch {
      return null;
    }
  }

  /** What was typed, and the key under which it was: sent from two pages it is one tap. */
  #restore(values) {
    const kept = new Map(values);
    let changed = false;
    for (const field of this.form.elements) {
      if (!field.name || (field.type === "hidden" && field.name !== "key")) continue;
      if (field.type === "checkbox") {
        changed ||= field.checked !== kept.has(field.name);
        field.checked = kept.has(field.name);
      } else if (kept.has(field.name)) {
        changed ||= field.name !== "key" && field.value !== kept.get(field.name);
        field.value = kept.get(field.name);
      }
      if (field.type !== "submit") field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    for (const select of this.form.querySelectorAll("details select")) {
      if (select.value) select.closest("details").open = true;
    }
    if (changed) this.said.textContent = this.dataset.restored;
  }
});
