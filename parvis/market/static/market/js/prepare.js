// Filling a bag with one hand, in a cellar: what is typed stays on the phone until the server has it.

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

const AGAIN = 10_000; // how often it is tried while the phone believes that it has a network

/** A form whose values are kept in the browser until the server has answered; sent again when the network returns. */
customElements.define("kept-form", class extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.said = this.querySelector("[role=status]");
    this.key = this.dataset.key;
    const kept = this.#read();
    if (kept) this.#restore(kept);
    this.form.addEventListener("input", () => this.#keep(false));
    this.form.addEventListener("change", () => this.#keep(false));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.online = () => this.#read()?.waits && this.send();
    window.addEventListener("online", this.online);
    if (kept?.waits) this.send();
  }

  disconnectedCallback() {
    window.removeEventListener("online", this.online);
    clearTimeout(this.timer);
  }

  async send() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    this.#keep(true);
    this.#say(this.dataset.sending);
    try {
      const answer = await fetch(this.form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(this.form)),
        signal: AbortSignal.timeout(20_000),
      });
      if (answer.status >= 500) throw new Error(String(answer.status));
      if (answer.status === 422) await this.#correct(await answer.text());
      else this.#arrived(answer);
    } catch {
      this.#say(this.dataset.kept);
      this.timer = setTimeout(() => this.online(), AGAIN);
    } finally {
      this.busy = false;
    }
  }

  /** The server has it, or wants a sign-in first; then what was typed is still here afterwards. */
  #arrived(answer) {
    if (answer.ok && new URL(answer.url).pathname.startsWith("/merchant/")) this.#forget();
    else this.#keep(false);
    window.location.assign(answer.url);
  }

  /** Something is wrong: the page with its sentences takes the place of this one. */
  async #correct(text) {
    this.#keep(false);
    const page = new DOMParser().parseFromString(text, "text/html");
    document.querySelector("main").replaceWith(page.querySelector("main"));
  }

  #say(words) {
    this.said.textContent = words ?? "";
  }

  #values() {
    const pairs = [...new FormData(this.form)].filter(([name]) => name !== "csrfmiddlewaretoken");
    return pairs.map(([name, value]) => [name, String(value)]);
  }

  #keep(waits) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ waits, values: this.#values() }));
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

  #forget() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // nothing was kept
    }
  }

  #restore({ values }) {
    const kept = new Map(values);
    let changed = false;
    for (const field of this.form.elements) {
      if (!field.name || field.type === "hidden") continue;
      if (field.type === "checkbox") {
        changed ||= field.checked !== kept.has(field.name);
        field.checked = kept.has(field.name);
      } else if (kept.has(field.name)) {
        changed ||= field.value !== kept.get(field.name);
        field.value = kept.get(field.name);
      }
      if (field.type !== "submit") field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    for (const select of this.form.querySelectorAll("details select")) {
      if (select.value) select.closest("details").open = true;
    }
    if (changed) this.#say(this.dataset.restored);
  }
});
