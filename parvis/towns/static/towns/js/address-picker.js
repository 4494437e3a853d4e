// <address-picker data-url>: a text box that offers the doors of the town while one types (the combobox pattern of WAI-ARIA).
// It wraps a labelled <input>; an <input type=hidden data-chosen> inside keeps the id of the door chosen. Words come from data-none, data-one, data-many.

const WAIT = 180; // milliseconds of rest before asking
const SHORTEST = 3;

customElements.define("address-picker", class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input:not([type=hidden])");
    if (!this.input || this.list) return;
    this.chosen = this.querySelector("[data-chosen]");
    this.list = document.createElement("ul");
    this.list.id = `${this.input.id || "address"}-doors`;
    this.list.className = "picker__list";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.querySelector("label")?.textContent.trim() ?? "");
    this.list.hidden = true;
    this.said = document.createElement("p");
    this.said.className = "sr-only";
    this.said.setAttribute("role", "status");
    this.input.after(this.list, this.said);
    const attributes = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => this.#close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
    this.list.addEventListener("click", (event) => this.#choose(event.target.closest("[role=option]")));
  }

  #typed() {
    if (this.chosen) this.chosen.value = "";
    clearTimeout(this.timer);
    this.asking?.abort();
    const text = this.input.value.trim();
    if (text.length < SHORTEST) return this.#close();
    this.timer = setTimeout(() => this.#ask(text), WAIT);
  }

  async #ask(text) {
    this.asking = new AbortController();
    try {
      const answer = await fetch(`${this.dataset.url}?q=${encodeURIComponent(text)}`, { signal: this.asking.signal });
      if (answer.ok) this.#offer((await answer.json()).addresses);
    } catch (error) {
      if (error.name !== "AbortError") this.#close(); // offline: what is typed is read on the server
    }
  }

  #offer(doors) {
    const { none = "", one = "", many = "" } = this.dataset;
    this.said.textContent = doors.length === 0 ? none : doors.length === 1 ? one : many.replace("%n", doors.length);
    this.list.replaceChildren(...doors.map((door, index) => {
      const option = document.createElement("li");
      option.id = `${this.list.id}-${index}`;
      option.className = "picker__option";
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.id = door.id;
      option.textContent = door.label;
      return option;
    }));
    this.#show(doors.length > 0);
  }

  #key(event) {
    const options = [...this.list.children];
    const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const moves = { ArrowDown: now + 1, ArrowUp: now < 0 ? options.length - 1 : now - 1 };
    if (event.key in moves && options.length) {
      event.preventDefault();
      this.#show(true);
      this.#mark(options[(moves[event.key] + options.length) % options.length]);
    } else if (event.key === "Enter" && now >= 0 && !this.list.hidden) {
      event.preventDefault();
      this.#choose(options[now]);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.#close();
    }
  }

  #mark(option) {
    for (const other of this.list.children) other.setAttribute("aria-selected", String(other === option));
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  #choose(option) {
    if (!option) return;
    this.input.value = option.textContent;
    if (this.chosen) this.chosen.value = option.dataset.id;
    this.#close();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #show(open) {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    if (!open) this.input.removeAttribute("aria-activedescendant");
  }

  #close() {
    clearTimeout(this.timer);
    this.#show(false);
  }
});
