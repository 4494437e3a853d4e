// Counts the letters left of a text while it is written; said aloud only when few are left.

customElements.define("letter-count", class extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("textarea");
    this.line = document.createElement("p");
    this.line.className = "letters";
    this.quiet = document.createElement("p");
    this.quiet.className = "sr-only";
    this.quiet.setAttribute("role", "status");
    this.append(this.line, this.quiet);
    this.box.addEventListener("input", () => this.#count());
    this.#count();
  }

  #count() {
    const left = Number(this.dataset.most) - this.box.value.length;
    const words = `${left} ${this.dataset.left}`;
    this.line.textContent = words;
    this.line.classList.toggle("letters--few", left < 50);
    if (left < 50 && left % 10 === 0) this.quiet.textContent = words;
  }
});
