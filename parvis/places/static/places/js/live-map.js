// <live-map>: the town's map drawn in the browser in place of the server's, once the list stands. Map, list and address
// bar tell the same: each movement asks for the list of the new window. Without WebGL, or to save data, nothing changes.

const REST = 250; // milliseconds without a movement before asking
const NEAR = 16.5;
const FIELDS = ["q", "kind", "group", "open", "collect", "wheelchair", "to"];

const classic = (src) => new Promise((resolve, reject) => {
  document.head.append(Object.assign(document.createElement("script"), { src, onload: resolve, onerror: reject }));
});
const canDraw = () => !navigator.connection?.saveData && Boolean(document.createElement("canvas").getContext("webgl2"));

customElements.define("live-map", class extends HTMLElement {
  connectedCallback() {
    if (this.data) return;
    this.data = JSON.parse(this.querySelector("script[type='application/json']").textContent);
    [this.form, this.stage, this.drawn] = ["form", ".townmap__stage", ".townmap__drawn"].map((what) => this.querySelector(what));
    [this.rows, this.said] = [this.querySelector("#map-rows"), this.querySelector("#map-said")];
    this.shown = location.search;
    this.view = this.data.view ? new URLSearchParams(location.search).get("at") ?? "" : "";
    // after the first paint: even asking for WebGL takes a while on an old phone
    requestAnimationFrame(() => setTimeout(() => canDraw() && this.#begin().catch((error) => this.#giveUp(error))));
  }

  async #begin() {
    const { files } = this.data;
    fetch(files.worker, { priority: "low" }).catch(() => {}); // on its way while the library is read
    const first = this.#pinsOf("");
    const [library, look, { Pins }, tools] = await Promise.all([import(files.maplibre), import(files.style), import(files.pins), import(files.view), classic(files.pmtiles)]);
    this.box = document.createElement("div");
    this.box.className = "townmap__canvas townmap__canvas--coming";
    this.stage.prepend(this.box);
    const map = tools.makeMap({ library, tiles: globalThis.pmtiles, box: this.box, data: this.data, look, embedded: "embedded" in this.dataset });
    await new Promise((resolve, reject) => { map.once("load", resolve); map.once("webglcontextlost", reject); });
    this.pins = new Pins(map, this.data);
    this.pins.add(look.colours());
    await this.pins.show((await first)?.pins ?? []);
    const card = tools.makeCard({ data: this.data, onclose: () => this.pick(null) });
    this.showCard = card.show;
    this.box.append(card.card);
    this.box.after(tools.makeTools({ map, data: this.data, nearMe: () => this.#nearMe() }));
    tools.listen({ map, pick: (place) => this.pick(place, { card: true, scroll: true }) });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      map.once("style.load", () => this.pins.add(look.colours()));
      map.setStyle(look.style(this.data, look.colours()), { diff: false });
    });
    this.#take(map);
  }

  /** From here on the live map stands for the drawn one. */
  #take(map) {
    this.map = map;
    this.drawn.hidden = true;
    this.box.classList.remove("townmap__canvas--coming");
    this.dataset.live = "";
    this.#listen();
    map.on("moveend", (event) => { if (event.originalEvent) this.#moved(); });
    if (this.data.picked) this.pick(this.data.picked, { card: true });
    if (this.view) this.#moved();
  }

  #giveUp(error) {
    console.warn("the map stays as the server drew it", error);
    this.box?.remove();
  }

  #listen() {
    this.form.addEventListener("change", () => this.#filtered());
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.#filtered(); });
    this.form.querySelector(".pills").addEventListener("click", (event) => {
      const pill = event.target.closest("a[data-key]");
      if (!pill || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      for (const other of this.form.querySelectorAll(".pills a")) other.removeAttribute("aria-current");
      pill.setAttribute("aria-current", "true");
      [this.form.elements.group.value, this.form.elements.kind.value] = [pill.dataset.key, ""];
      this.#filtered();
    });
    for (const kind of ["focusin", "pointerover"]) {
      this.rows.addEventListener(kind, (event) => {
        const { slug, lon, lat } = event.target.closest("[data-slug]")?.dataset ?? {};
        if (slug && slug !== this.picked) this.pick({ slug, lon: Number(lon), lat: Number(lat) });
      });
    }
    this.rows.addEventListener("htmx:afterSwap", () => this.#mark());
    addEventListener("popstate", () => { if (location.search !== this.shown) location.reload(); });
  }

  /** The filters as an address has them, then `more`. */
  #query(more = {}) {
    const values = new FormData(this.form);
    const kept = FIELDS.map((name) => [name, (values.get(name) ?? "").trim()]);
    return new URLSearchParams([...kept, ...Object.entries(more)].filter(([, value]) => value));
  }

  #filtered() {
    history.pushState(null, "", this.#address());
    this.shown = location.search;
    this.#refresh(true);
  }

  #moved() {
    const { lat, lng } = this.map.getCenter();
    this.view = `${lat.toFixed(4)},${lng.toFixed(4)},${Number(this.map.getZoom().toFixed(2))}`;
    history.replaceState(null, "", this.#address());
    this.shown = location.search;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#refresh(false), REST);
  }

  #address() {
    const query = this.#query({ at: this.view });
    return query.size ? `${this.data.page}?${query}` : this.data.page;
  }

  /** The list of the window that the map shows, and its pins where they are not known yet. */
  #refresh(filtered) {
    const edges = this.map.getBounds().toArray().flat();
    const bbox = this.view ? edges.map((edge) => edge.toFixed(5)).join(",") : "";
    const query = this.#query({ at: this.view, bbox });
    htmx.ajax("GET", `${this.data.page}?${query}`, { source: this, target: this.rows, swap: "innerHTML" });
    const inside = this.known && edges.every((edge, side) => (side < 2 ? edge >= this.known[side] : edge <= this.known[side]));
    if (filtered || !inside) this.#pinsOf(this.view ? edges : "").then((found) => found && this.pins.show(found.pins));
  }

  /** Pins of the whole town, or of `edges` and as much again around them. */
  async #pinsOf(edges) {
    this.asking?.abort();
    this.asking = new AbortController();
    const [west, south, east, north] = edges || [];
    const [x, y] = [(east - west) / 2, (north - south) / 2];
    const around = edges ? [west - x, south - y, east + x, north + y] : [-180, -90, 180, 90];
    const bbox = edges ? around.map((edge) => edge.toFixed(5)).join(",") : "";
    try {
      const answer = await fetch(`${this.data.places}?${this.#query(edges ? { at: this.view, bbox } : {})}`, { signal: this.asking.signal });
      if (!answer.ok) return null;
      const found = await answer.json();
      this.known = found.pins.every((row) => row.length > 3) ? around : null; // squares are for one zoom only
      return found;
    } catch {
      return null; // a newer question, or no network: the pins stay
    }
  }

  /** Mark a place on the map and in the list; null for none. */
  pick(place, { card = false, scroll = false } = {}) {
    this.picked = place?.slug;
    this.pins.pick(place);
    this.showCard(card ? place : null);
    this.#mark(scroll);
  }

  #mark(scroll = false) {
    for (const row of this.rows.querySelectorAll("[data-slug]")) {
      const here = row.dataset.slug === this.picked;
      row.classList.toggle("townmap__row--picked", here);
      if (here && scroll && matchMedia("(min-width: 60rem)").matches) row.scrollIntoView({ block: "nearest" });
    }
  }

  #nearMe() {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const at = [Number(coords.longitude.toFixed(4)), Number(coords.latitude.toFixed(4))];
        this.pins.here(at);
        this.map.easeTo({ center: at, zoom: NEAR }, { originalEvent: true });
      },
      () => { this.said.textContent = this.data.words.notFound; },
      { timeout: 10_000, maximumAge: 60_000 },
    );
  }
});
