// What was chosen or typed at a door and not tapped yet stays on this device, should the browser die between the two.
//
// A draft: { code, at, forms: [[action's verb, [[name, text or file]]]] } under the code of the door. It goes when the tap
// is kept, when the door is no longer to be done, after a day's work, and with whoever is no longer signed in.

import { Store } from "../../core/js/store.js";

const HOURS = 16;
const UNSAID = new Set(["csrfmiddlewaretoken", "key", "tapped_at", "clock_behind", "door"]);

const verbOf = (form) => form.getAttribute("action").split("/").filter(Boolean).at(-1);
const said = (value) => (value instanceof File ? value.size > 0 : value !== "");

/** What stands in the forms of a door, beside what they say by themselves. */
function written(place) {
  const forms = [...place.querySelectorAll("form[data-queued]")].map((form) => {
    const values = [...new FormData(form)].filter(([name, value]) => !UNSAID.has(name) && said(value));
    return [verbOf(form), values];
  });
  return forms.filter(([, values]) => values.length);
}

function fill(form, values) {
  for (const [name, value] of values) {
    for (const field of form.querySelectorAll(`[name="${name}"]:not(button)`)) {
      if (value instanceof File) {
        const files = new DataTransfer();
        files.items.add(value);
        field.files = files.files;
      } else if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === value;
      else field.value = value;
      field.dispatchEvent(new Event("change", { bubbles: true })); // a photo that is still large, a reason that needs words
    }
  }
  const folded = form.closest("details");
  if (folded) folded.open = true;
}

export class Drafts {
  #last = Promise.resolve();

  constructor(whose) {
    this.store = new Store(`private:${whose}`, "drafts", "code");
    this.known = new Map();
  }

  /** Reads what is here; drops what is too old, and doors that `still(code)` does not know. */
  async read(still) {
    const now = Date.now();
    for (const draft of await this.store.all().catch(() => [])) {
      if (now - draft.at > HOURS * 3_600_000 || !still(draft.code)) this.drop(draft.code);
      else this.known.set(draft.code, draft);
    }
  }

  /** Keeps what stands in `place`, the page of the door `code`: one after the other, as it was when it was changed. */
  keep(code, place) {
    const forms = written(place);
    if (!forms.length) return this.drop(code);
    const draft = { code, at: Date.now(), forms };
    this.known.set(code, draft);
    return this.#next(() => this.known.get(code) === draft && this.store.put(draft)); // a later one says more
  }

  drop(code) {
    this.known.delete(code);
    return this.#next(() => this.store.delete(code));
  }

  /** Puts back into `place` what was kept; whether there was anything. */
  restore(code, place) {
    const draft = this.known.get(code);
    if (!draft) return false;
    for (const [verb, values] of draft.forms) {
      for (const form of place.querySelectorAll("form[data-queued]")) if (verbOf(form) === verb) fill(form, values);
    }
    for (const row of place.querySelectorAll("[data-bag]")) {
      const read = [...place.querySelectorAll("input[name=scanned]")].some(({ value }) => value.split(" ").includes(row.dataset.bag));
      if (read) row.dataset.here = "";
    }
    return true;
  }

  #next(work) {
    this.#last = this.#last.then(work).catch(() => {}); // a device without room still sends
    return this.#last;
  }
}
