// The grid of a week: copying a day is immediate, and typing a time says that the day is open.

/** Without the script, "copy" is a button of the form and the server copies. */
customElements.define("week-grid", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=copy]");
      if (!button) return;
      event.preventDefault();
      this.#copy(button.closest("[data-day]"));
    });
    this.addEventListener("input", (event) => {
      const day = event.target.closest("[data-day]");
      if (event.target.type === "time" && event.target.value) this.#closed(day).checked = false;
    });
  }

  #copy(source) {
    const days = [...this.querySelectorAll("[data-day]")].filter((day) => day.dataset.day !== "h");
    const times = this.#times(source).map((box) => box.value);
    for (const day of days.slice(days.indexOf(source) + 1)) {
      this.#times(day).forEach((box, number) => { box.value = times[number] ?? ""; });
      this.#closed(day).checked = this.#closed(source).checked;
      const more = day.querySelector("details");
      if (more) more.open = times.slice(2).some(Boolean);
    }
    this.#say(this.dataset.copied);
  }

  #times(day) {
    return [...day.querySelectorAll("input[type=time]")];
  }

  #closed(day) {
    return day.querySelector(".week__closed input");
  }

  #say(words) {
    const place = this.closest("form")?.querySelector("[role=status]");
    if (place) place.textContent = words;
  }
});
