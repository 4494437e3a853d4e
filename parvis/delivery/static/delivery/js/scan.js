// The scan field of the hub. Without this file it is a plain form: type a code, press the button.

/** Keeps the field ready for the next bag: empty after a good scan, selected after a wrong one; a short buzz says which. */
customElements.define("scan-field", class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[name=code]");
    if (this.input.value) this.input.select();
    this.again = (event) => {
      if (event.detail.target?.id === "board") this.#ready(this.contains(event.detail.requestConfig?.elt ?? null));
    };
    document.body.addEventListener("htmx:afterSettle", this.again);
  }

  disconnectedCallback() {
    document.body.removeEventListener("htmx:afterSettle", this.again);
  }

  #ready(typed) {
    const said = document.getElementById("said");
    const wrong = said.querySelector("[data-tone]")?.dataset.tone === "warn";
    navigator.vibrate?.(wrong ? [120, 80, 120] : 60);
    if (!typed) {
      // tapped in the list: the button is gone, and a keyboard on the screen would be in the way
      said.focus({ preventScroll: true });
      return;
    }
    if (!wrong) this.input.value = "";
    this.input.toggleAttribute("aria-invalid", wrong);
    this.input.focus({ preventScroll: true });
    this.input.select();
  }
});

/** A button that reads labels with the camera, shown only where the browser can read codes. */
customElements.define("camera-scan", class extends HTMLElement {
  connectedCallback() {
    if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
    this.hidden = false;
    this.dialog = this.querySelector("dialog");
    this.video = this.querySelector("video");
    this.querySelector("button").addEventListener("click", () => this.#open());
    this.querySelector("[data-close]").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => this.#stop());
  }

  disconnectedCallback() {
    this.#stop();
  }

  async #open() {
    this.dialog.showModal();
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      this.video.srcObject = this.stream;
      await this.video.play();
      const wanted = ["qr_code", "code_128"];
      const known = await BarcodeDetector.getSupportedFormats();
      this.detector = new BarcodeDetector({ formats: wanted.filter((format) => known.includes(format)) });
      this.#look();
    } catch {
      this.dialog.querySelector("[role=alert]").textContent = this.dataset.refused;
    }
  }

  async #look() {
    if (!this.stream) return;
    const [found] = await this.detector.detect(this.video).catch(() => []);
    if (!found) {
      this.timer = setTimeout(() => this.#look(), 150);
      return;
    }
    const form = this.closest("form");
    form.elements.code.value = found.rawValue;
    this.dialog.close();
    form.requestSubmit();
  }

  #stop() {
    clearTimeout(this.timer);
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
  }
});
