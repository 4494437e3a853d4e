// Small elements of the ground floor, in light DOM. Every page works without them.

// Rows of ways that are wider than a phone open on the place where one is.
for (const here of document.querySelectorAll(".nav [aria-current], .tabs [aria-current], .pills [aria-current]")) {
  const row = here.closest("ul");
  row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}

// Pages that were kept on this device for one person (see offline.js) leave it with them.
const { whose } = document.body.dataset;
if (whose !== undefined && "caches" in window) {
  for (const name of await caches.keys().catch(() => [])) {
    if (name.startsWith("private:") && name !== `private:${whose}`) await caches.delete(name);
  }
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith("private:") && !name.startsWith(`private:${whose}:`)) localStorage.removeItem(name);
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
