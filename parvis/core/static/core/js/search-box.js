// <search-box>: a search form whose suggestions (a listbox of links that HTMX fetches into [data-found]) are walked
// with the arrow keys, opened with Enter, closed with Escape (the combobox pattern of WAI-ARIA). Without it the form is sent.
// Words come from data-none, data-one, data-many.

customElements.define("search-box", class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=search]");
    this.found = this.querySelector("[data-found]");
    if (!this.input || !this.found || this.said) return;
    this.said = document.createElement("p");
    this.said.className = "sr-only";
    this.said.setAttribute("role", "status");
    this.append(this.said);
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "search-list" };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
    this.found.addEventListener("htmx:afterSwap", () => this.#arrived());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("focus", () => this.#show(this.#options().length > 0));
    this.addEventListener("focusout", (event) => this.contains(event.relatedTarget) || this.#show(false));
    this.found.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  }

  #options() {
    return [...this.found.querySelectorAll("[role=option]")];
  }

  #arrived() {
    const count = this.#options().length;
    const { none = "", one = "", many = "" } = this.dataset;
    const long = this.input.value.trim().length > 1;
    this.said.textContent = !long ? "" : count === 0 ? none : count === 1 ? one : many.replace("%n", count);
    this.#show(count > 0 && document.activeElement === this.input);
  }

  #key(event) {
    const options = this.#options();
    const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
      event.preventDefault();
      const next = event.key === "ArrowDown" ? now + 1 : now < 0 ? options.length - 1 : now - 1;
      this.#show(true);
      this.#mark(next < 0 || next >= options.length ? null : options[next]); // past the end: back in the box
    } else if (event.key === "Enter" && now >= 0 && !this.found.hidden) {
      event.preventDefault();
      options[now].click();
    } else if (event.key === "Escape" && !this.found.hidden && options.length) {
      event.preventDefault(); // a second Escape empties the box
      this.#show(false);
    }
  }

  #mark(chosen) {
    for (const option of this.#options()) option.setAttribute("aria-selected", String(option === chosen));
    if (chosen) {
      this.input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  #show(open) {
    this.found.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    if (!open) this.#mark(null);
  }
});
