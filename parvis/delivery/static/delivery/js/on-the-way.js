// On the way: directions read aloud, strong contrast for the sun, the home screen, and the position if the rider agreed.

const SUN = "parvis:sun";
const PLACE_EVERY = 45_000; // a place this old is still worth something to who waits

if (localStorage.getItem(SUN)) document.documentElement.dataset.sun = "";

/** One turn after the other, each when the button is pressed: nothing speaks by itself. */
customElements.define("read-aloud", class extends HTMLElement {
  connectedCallback() {
    this.turns = [...this.querySelectorAll("li")];
    this.at = -1;
    this.querySelector("[data-buttons]").hidden = !("speechSynthesis" in window);
    this.addEventListener("click", (event) => {
      const which = event.target.closest("[data-read]")?.dataset.read;
      if (which) this.#read(which === "next" ? (this.at + 1) % this.turns.length : Math.max(this.at, 0));
    });
  }

  disconnectedCallback() {
    globalThis.speechSynthesis?.cancel();
  }

  #read(at) {
    this.at = at;
    for (const turn of this.turns) turn.toggleAttribute("aria-current", turn === this.turns[at]);
    const words = new SpeechSynthesisUtterance(this.turns[at].textContent);
    words.lang = document.documentElement.lang;
    const voices = speechSynthesis.getVoices().filter((voice) => voice.lang.startsWith(words.lang));
    words.voice = voices.find((voice) => voice.localService) ?? voices[0] ?? null; // one that needs no network, if there is one
    words.onerror = ({ error }) => {
      if (error === "canceled" || error === "interrupted") return;
      const said = this.querySelector("[data-said]");
      Object.assign(said, { hidden: false, textContent: this.dataset.silent });
    };
    speechSynthesis.cancel();
    speechSynthesis.speak(words);
  }
});

/** Black on white, thick lines. */
customElements.define("sun-switch", class extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    const button = this.querySelector("button");
    const root = document.documentElement;
    button.setAttribute("aria-pressed", String("sun" in root.dataset));
    button.addEventListener("click", () => {
      const on = root.toggleAttribute("data-sun");
      button.setAttribute("aria-pressed", String(on));
      if (on) localStorage.setItem(SUN, "1");
      else localStorage.removeItem(SUN);
    });
  }
});

let offered = null;
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offered = event;
  for (const button of document.querySelectorAll("install-button")) button.hidden = false;
});

/** Puts the page on the home screen, where the browser offers it. */
customElements.define("install-button", class extends HTMLElement {
  connectedCallback() {
    this.hidden = !offered;
    this.querySelector("button").addEventListener("click", async () => {
      await offered?.prompt();
      offered = null;
      this.hidden = true;
    });
  }
});

/** Tells roughly where the rider is: if they agreed, on the road, while the page is seen; by the network's cells, not by GPS. */
customElements.define("share-place", class extends HTMLElement {
  connectedCallback() {
    this.shift = this.closest("rider-shift");
    this.stands = ({ detail }) => { this.riding = detail.riding; };
    this.shift.addEventListener("stands", this.stands);
    this.addEventListener("tapped", () => delete this.dataset.sharing); // it stops at once, network or not
    if ("sharing" in this.dataset) this.timer = setInterval(() => this.#look(), PLACE_EVERY);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  #look() {
    if (!this.riding || !("sharing" in this.dataset) || document.visibilityState !== "visible" || !navigator.onLine) return;
    const options = { enableHighAccuracy: false, maximumAge: 30_000, timeout: 20_000 };
    navigator.geolocation?.getCurrentPosition(({ coords }) => this.#tell(coords), (error) => {
      if (error.code === error.PERMISSION_DENIED) this.querySelector("[data-said]").textContent = this.dataset.refused;
    }, options);
  }

  async #tell({ longitude, latitude }) {
    const token = this.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({ lon: longitude.toFixed(4), lat: latitude.toFixed(4) });
    await fetch(this.dataset.url, { method: "POST", body, headers: { "x-csrftoken": token } }).catch(() => {});
  }
});
