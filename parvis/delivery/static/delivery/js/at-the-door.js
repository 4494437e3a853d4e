// At the door, with gloves and without a network: is this the right bag, is the proof complete, is the photo small.

const SIDE = 1600; // points of a photo's longer side: a name on a letter box can still be read
const MOST = 15_000_000; // bytes of a picture that the server looks at

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
    this.dispatchEvent(new Event("chosen", { bubbles: true }));
  }
});

/** A photo is made small before it is kept: it fits the phone's store, and a poor network later. */
customElements.define("photo-box", class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.input?.addEventListener("change", () => {
      const work = this.#shrink().finally(() => { if (this.working === work) this.working = null; });
      this.working = work;
    });
  }

  /** Why the photo that was chosen is worth nothing, or "". */
  get wrong() {
    const [file] = this.input?.files ?? [];
    if (!file) return "";
    if (file.type && !file.type.startsWith("image/")) return this.dataset.unreadable;
    return file.size > MOST ? this.dataset.heavy : "";
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
      picture.close(); // fifty megapixels are two hundred megabytes
      const small = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
      if (this.input.files[0] !== file) return; // another one was chosen meanwhile
      const files = new DataTransfer();
      files.items.add(new File([small], "door.jpg", { type: "image/jpeg" }));
      this.input.files = files.files;
      this.dispatchEvent(new Event("chosen", { bubbles: true }));
    } catch {
      // what this browser cannot read, the server looks at
    }
  }
});

/** What the server would refuse later is said now: before the tap is kept. */
function mistake(form) {
  if (form.dataset.bags !== undefined) {
    const read = form.elements.scanned.value.toUpperCase().split(/[^0-9A-Z]+/);
    const complete = form.dataset.bags.split(" ").filter(Boolean).every((code) => read.includes(code));
    return complete ? "" : form.querySelector("[data-missing]").dataset.missing;
  }
  const { recipient, photo } = form.elements;
  const unusable = form.querySelector("photo-box")?.wrong;
  if (unusable) return unusable;
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
  const box = form.querySelector("photo-box");
  if (box?.working) {
    // the tap waits for the photo that is being made small, once however often it is tapped
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    box.tapped ??= box.working.then(() => {
      box.tapped = null;
      if (form.isConnected) form.requestSubmit(submitter);
    });
    return;
  }
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
  (form.elements.recipient ?? form.elements.scanned).focus();
}, { capture: true });
