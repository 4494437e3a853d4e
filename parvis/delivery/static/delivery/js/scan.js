// Scanning: a code typed, read by the camera, or sent by a scanner that poses as a keyboard. Without this file the form
// stays what it is: type a code, press the button.

const FAST = 100; // milliseconds between two keys of a scanner; nobody types a whole code like that
const SHORTEST = 2; // the number of a crate
const AGAIN = 2500; // the same label is read again once it was out of sight for so long

/** Keeps the field ready for the next bag, hears scanners wherever the focus is, and says by ear and hand how it went. */
customElements.define("scan-field", class extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.input = this.querySelector("input[name=code]");
    this.burst = { text: "", last: 0 };
    this.sent = "";
    this.form.addEventListener("submit", () => {
      this.sent = this.input.value;
    });
    if (this.input.value) this.input.select();
    this.keys = (event) => this.#key(event);
    this.again = (event) => {
      if (event.detail.target?.id === "board") this.#answered(this.contains(event.detail.requestConfig?.elt ?? null));
    };
    document.addEventListener("keydown", this.keys, true);
    document.body.addEventListener("htmx:afterSettle", this.again);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.keys, true);
    document.body.removeEventListener("htmx:afterSettle", this.again);
  }

  /** Send a code as if it had been typed. */
  send(code) {
    this.input.value = code;
    this.form.requestSubmit();
  }

  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || document.activeElement === this.input) return;
    const now = event.timeStamp; // when the key went down, however busy the page was
    if (event.key === "Enter") {
      const { text, last } = this.burst;
      this.burst = { text: "", last: 0 };
      if (text.length < SHORTEST || now - last > FAST) return;
      event.preventDefault(); // the button that has the focus was not meant
      event.stopPropagation();
      this.#restore(text);
      this.send(text);
    } else if (event.key.length === 1) {
      const fast = now - this.burst.last <= FAST;
      if (!fast) this.field = { where: document.activeElement, value: document.activeElement?.value };
      this.burst = { text: (fast ? this.burst.text : "") + event.key, last: now };
    }
  }

  // what the scanner wrote into another field is taken out again
  #restore() {
    const { where, value } = this.field ?? {};
    if (where instanceof HTMLInputElement && where !== this.input) where.value = value;
  }

  // the first letters of the next label, read while the server answered: behind what was sent, or heard elsewhere
  #begun() {
    const { value } = this.input;
    if (value !== this.sent) return value.startsWith(this.sent) ? value.slice(this.sent.length) : value;
    return performance.now() - this.burst.last <= FAST ? this.burst.text : "";
  }

  #answered(typed) {
    const said = document.getElementById("said");
    const tone = said.querySelector("[data-tone]")?.dataset.tone ?? "";
    const wrong = tone === "warn";
    navigator.vibrate?.(wrong ? [120, 80, 120] : 60);
    this.#beep(wrong);
    this.querySelector("camera-scan")?.answer(tone, said);
    if (!typed) {
      // tapped in the list: the button is gone, and a keyboard on the screen would be in the way
      said.focus({ preventScroll: true });
      return;
    }
    const begun = this.#begun();
    if (begun || !wrong) this.input.value = begun;
    this.input.toggleAttribute("aria-invalid", wrong && !begun);
    if (this.querySelector("dialog[open]")) return;
    this.burst = { text: "", last: 0 };
    this.input.focus({ preventScroll: true });
    if (!begun) this.input.select();
  }

  // high and short: go on; low and twice: look at the screen
  #beep(wrong) {
    try {
      this.audio ??= new AudioContext();
      for (const at of wrong ? [0, 0.2] : [0]) {
        const tone = this.audio.createOscillator();
        const volume = this.audio.createGain();
        tone.frequency.value = wrong ? 220 : 880;
        volume.gain.value = 0.15;
        tone.connect(volume).connect(this.audio.destination);
        tone.start(this.audio.currentTime + at);
        tone.stop(this.audio.currentTime + at + (wrong ? 0.15 : 0.08));
      }
    } catch {
      this.audio = null; // a device without sound still has a screen
    }
  }
});

/** Reads labels with the camera, one after the other, by the browser's own detector or else by ours. */
customElements.define("camera-scan", class extends HTMLElement {
  connectedCallback() {
    if (!navigator.mediaDevices?.getUserMedia) return;
    this.hidden = false;
    this.dialog = this.querySelector("dialog");
    this.video = this.querySelector("video");
    this.said = this.querySelector("[data-answer]");
    this.querySelector("button").addEventListener("click", () => this.#open());
    this.querySelector("[data-close]").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => this.#stop());
  }

  disconnectedCallback() {
    this.#stop();
  }

  /** What the server said of the last code, in the sight of whoever holds the device over a bag. */
  answer(tone, said) {
    if (!this.dialog?.open) return;
    this.said.className = `camera__said said said--${tone}`;
    this.said.textContent = [...said.querySelectorAll(".said__title, .said__text")].map((line) => line.innerText.trim()).join(". ");
    this.waiting = false;
  }

  async #open() {
    this.said.className = "camera__said";
    this.said.textContent = "";
    this.dialog.showModal();
    try {
      const [stream, detector] = await Promise.all([
        navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } }),
        this.#detector(),
      ]);
      this.stream = stream;
      this.detector = detector;
      if (!this.dialog.open) return this.#stop();
      this.video.srcObject = stream;
      await this.video.play();
      this.waiting = false;
      this.seen = { code: "", at: 0 };
      this.#look();
    } catch {
      this.said.className = "camera__said said said--warn";
      this.said.textContent = this.dataset.refused;
    }
  }

  async #detector() {
    const own = "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats() : [];
    if (own.includes("qr_code")) return new BarcodeDetector({ formats: ["qr_code", "code_128"].filter((one) => own.includes(one)) });
    const { BarcodeDetector: Ours } = await import(this.dataset.decoder);
    return new Ours({ formats: ["qr_code"] });
  }

  async #look() {
    if (!this.stream) return;
    const [found] = this.waiting ? [] : await this.detector.detect(this.video).catch(() => []);
    const now = performance.now();
    if (found && (found.rawValue !== this.seen.code || now - this.seen.at > AGAIN)) {
      this.waiting = true;
      setTimeout(() => { this.waiting = false; }, 4000); // an answer that never comes must not stop the next bag
      this.closest("scan-field").send(found.rawValue);
    }
    if (found) this.seen = { code: found.rawValue, at: now };
    this.timer = setTimeout(() => this.#look(), 150);
  }

  #stop() {
    clearTimeout(this.timer);
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
  }
});
