// At the door, with gloves and without a network: is this the right bag, is the proof complete, is the photo small.

const SIDE = 1600; // points of a photo's longer side: a name on a letter box can still be read

/** Says whether a bag belongs to this door, from what the page of the shift knows; without that page the server says it. */
customElements.define("bag-check", class extends HTMLElement {
  connectedCallback() {
    const shift = document.querySelector("rider-shift");
    if (!shift) return;
    this.stops = JSON.parse(shift.querySelector("#shift").textContent).rounds.flatMap((round) => round.stops);
    [this.form, this.said] = [this.querySelector("form"), this.querySelector("[data-checked]")];
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#check(this.form.elements.code, shift.dataset);
    });
  }

  #check(box, words) {
    const code = box.value.trim().replace(/\/+$/, "").split("/").at(-1).toUpperCase().replace(/[^0-9A-Z]/g, "");
    if (!code) return;
    const owner = this.stops.find((stop) => stop.bags.includes(code));
    const right = owner?.id === this.dataset.stop;
    const { position = "", street = "" } = owner ?? {};
    const sentence = right ? words.here : owner ? words.elsewhere : words.unknown;
    const said = this.querySelector(right ? "[data-yes]" : "[data-no]").content.cloneNode(true);
    said.querySelector("[data-words]").textContent = sentence.replace("{code}", code).replace("{number}", position).replace("{street}", street);
    this.said.replaceChildren(said);
    this.querySelector("camera-scan").answer(right ? "go" : "warn", this.said);
    navigator.vibrate?.(right ? 60 : [120, 80, 120]);
    box.value = "";
    if (!right) return;
    this.querySelector(`[data-bag="${code}"]`).dataset.here = "";
    const read = [...this.querySelectorAll("[data-bag][data-here]")].map((row) => row.dataset.bag).join(" ");
    for (const field of this.parentElement.querySelectorAll("input[name=scanned]")) field.value = read;
  }
});

/** A photo is made small before it is kept: it fits the phone's store, and a poor network later. */
customElements.define("photo-box", class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.input?.addEventListener("change", () => this.#shrink());
  }

  async #shrink() {
    const [file] = this.input.files;
    if (!file) return;
    try {
      const picture = await createImageBitmap(file);
      const scale = SIDE / Math.max(picture.width, picture.height);
      if (scale >= 1) return;
      const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const small = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
      if (this.input.files[0] !== file) return; // another one was chosen meanwhile
      const files = new DataTransfer();
      files.items.add(new File([small], "door.jpg", { type: "image/jpeg" }));
      this.input.files = files.files;
    } catch {
      // what this browser cannot read, the server looks at
    }
  }
});

/** What the server would refuse later is said now: before the tap is kept. */
function mistake(form) {
  const { recipient, photo } = form.elements;
  const proven = !photo || recipient.value.trim() || photo.files.length;
  return proven ? "" : form.querySelector("[data-missing]").dataset.missing;
}

// another reason needs words
window.addEventListener("change", ({ target }) => {
  if (target.name === "reason") target.form.elements.note.required = target.value === "other";
});

window.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-queued]");
  if (!form) return;
  const wrong = mistake(form);
  const said = form.querySelector("[data-wrong]");
  if (said) said.hidden = true;
  const unsaid = form.querySelector("[data-unsaid]");
  const open = form.closest("rider-shift")?.unsaid ?? 0;
  const ask = unsaid?.hidden && open > 0;
  if (!wrong && !ask) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (ask) unsaid.hidden = false;
  if (!wrong) return;
  Object.assign(said, { textContent: wrong, hidden: false });
  form.elements.recipient.focus();
}, { capture: true });
