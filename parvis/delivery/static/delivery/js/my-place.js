// Where the rider is, on the map of the round: on this telephone alone, by its own satellites, also without a network.

let wanted = false; // a page that takes the place of this one goes on

customElements.define("my-place", class extends HTMLElement {
  connectedCallback() {
    if (!navigator.geolocation) return;
    this.hidden = false;
    this.button = this.querySelector("button");
    this.said = this.querySelector("[role=status]");
    this.button.addEventListener("click", () => this.#want(!wanted));
    this.seen = () => this.#look();
    document.addEventListener("visibilitychange", this.seen);
    this.#want(wanted);
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.seen);
    this.#stop();
  }

  #want(yes) {
    wanted = yes;
    this.button?.setAttribute("aria-pressed", String(yes));
    this.said.textContent = yes ? this.dataset.looking : "";
    this.#look();
  }

  #stop() {
    if (this.watch !== undefined) navigator.geolocation.clearWatch(this.watch);
    this.watch = undefined;
  }

  /** Only while somebody looks. */
  #look() {
    this.#stop();
    if (!wanted || document.visibilityState !== "visible") return;
    const options = { enableHighAccuracy: true, maximumAge: 15_000, timeout: 60_000 };
    this.watch = navigator.geolocation.watchPosition(({ coords }) => this.#found(coords), (error) => this.#lost(error), options);
  }

  #found({ longitude, latitude, accuracy }) {
    const map = this.closest("[data-round]").querySelector("town-map");
    const inside = map.locate(longitude, latitude, accuracy);
    this.said.textContent = inside ? this.dataset.here.replace("{metres}", Math.ceil(accuracy / 10) * 10) : this.dataset.far;
  }

  #lost({ code, PERMISSION_DENIED }) {
    if (code !== PERMISSION_DENIED) return void (this.said.textContent = this.dataset.nowhere);
    this.#want(false);
    this.said.textContent = this.dataset.refused;
  }
});
