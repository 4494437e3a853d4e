// <near-me>: a button that asks the browser where one is, and sends its form with the answer as `near=lon,lat`.
// Rounded here, before anything leaves the telephone: the town learns the street corner, never the door.

const DECIMALS = 3; // about 100 metres

customElements.define("near-me", class extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.said = this.querySelector("[role=status]");
    if (!navigator.geolocation || !this.button) return;
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.ask());
  }

  ask() {
    this.button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.send(coords),
      () => this.refused(),
      { maximumAge: 60_000, timeout: 10_000 },
    );
  }

  send({ longitude, latitude }) {
    const near = document.createElement("input");
    near.type = "hidden";
    near.name = "near";
    near.value = `${longitude.toFixed(DECIMALS)},${latitude.toFixed(DECIMALS)}`;
    this.append(near);
    this.closest("form").requestSubmit();
  }

  refused() {
    this.button.disabled = false;
    this.said.textContent = this.dataset.refused;
  }
});
