// <stop-board data-form="id">: stops dragged within a round or to another. Fills the hidden form with stop, round and
// position and sends it; the server re-times, or refuses and says why. The buttons of each stop do the same by keyboard.

customElements.define("stop-board", class extends HTMLElement {
  connectedCallback() {
    for (const list of this.#open()) for (const stop of list.children) stop.draggable = true;
    this.addEventListener("dragstart", (event) => this.#lift(event));
    this.addEventListener("dragover", (event) => this.#over(event));
    this.addEventListener("drop", (event) => this.#drop(event));
    this.addEventListener("dragend", () => this.#clear());
  }

  #open() {
    return this.querySelectorAll("[data-round][data-open]");
  }

  #lift(event) {
    this.lifted = event.target.closest?.("[data-stop][draggable]");
    if (!this.lifted) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", this.lifted.dataset.stop);
    this.lifted.dataset.lifted = "";
  }

  // the place under the pointer: a list, and the stop before which the lifted one would land (none: the end)
  #place(event) {
    const list = event.target.closest?.("section")?.querySelector("[data-round][data-open]");
    if (!list) return null;
    const before = [...list.children].find((stop) => {
      const box = stop.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    return { list, before };
  }

  #over(event) {
    const place = this.lifted && this.#place(event);
    if (!place) return;
    event.preventDefault();
    this.#marks();
    if (place.before) place.before.dataset.before = "";
    else place.list.dataset.end = "";
  }

  #drop(event) {
    const place = this.lifted && this.#place(event);
    if (!place) return;
    event.preventDefault();
    const stops = [...place.list.children].filter((stop) => stop !== this.lifted);
    const next = place.before === this.lifted ? this.lifted.nextElementSibling : place.before;
    const index = next ? stops.indexOf(next) : stops.length;
    const same = this.lifted.parentElement === place.list && [...place.list.children].indexOf(this.lifted) === index;
    const form = document.getElementById(this.dataset.form);
    if (!same && form) {
      form.elements.stop.value = this.lifted.dataset.stop;
      form.elements.round.value = place.list.dataset.round;
      form.elements.position.value = index + 1;
      form.requestSubmit();
    }
    this.#clear();
  }

  #marks() {
    for (const marked of this.querySelectorAll("[data-before], [data-end]")) {
      delete marked.dataset.before;
      delete marked.dataset.end;
    }
  }

  #clear() {
    this.#marks();
    if (this.lifted) delete this.lifted.dataset.lifted;
    this.lifted = null;
  }
});
