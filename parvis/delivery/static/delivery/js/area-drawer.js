// <area-drawer data-form data-lon data-lat>: corners of an area tapped on the town's map, put into the form's hidden field.
// The map is drawn in metres around its middle (core/svgmap.py); words come from data-undo, data-none, data-one, data-many.

const EARTH = 6371008.8; // metres, as in core/geo.py
const SVG = "http://www.w3.org/2000/svg";
const STILL = 6; // pixels that a finger may move and still tap

customElements.define("area-drawer", class extends HTMLElement {
  connectedCallback() {
    this.svg = this.querySelector("svg");
    this.field = document.getElementById(this.dataset.form)?.elements.corners;
    if (!this.svg || !this.field || this.line) return;
    this.middle = { lon: Number(this.dataset.lon), lat: Number(this.dataset.lat) };
    this.line = document.createElementNS(SVG, "polygon");
    this.line.setAttribute("class", "map__area");
    this.svg.append(this.line);
    this.said = document.createElement("p");
    this.said.setAttribute("role", "status");
    this.said.className = "soft small";
    this.undo = document.createElement("button");
    this.undo.type = "button";
    this.undo.className = "button button--plain button--small";
    this.undo.textContent = this.dataset.undo;
    this.undo.addEventListener("click", () => this.#set(this.corners.slice(0, -1)));
    this.append(this.said, this.undo);
    this.svg.addEventListener("pointerdown", (event) => { this.from = event; });
    this.svg.addEventListener("pointerup", (event) => this.#tapped(event));
    this.#set(this.field.value ? JSON.parse(this.field.value) : []);
  }

  #tapped(event) {
    const from = this.from;
    if (!from || Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) > STILL) return;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    this.#set([...this.corners, this.#degrees(at)]);
  }

  #degrees({ x, y }) {
    const lat = this.middle.lat - (y / EARTH) * (180 / Math.PI);
    const lon = this.middle.lon + (x / (EARTH * Math.cos(this.middle.lat * (Math.PI / 180)))) * (180 / Math.PI);
    return [Number(lon.toFixed(6)), Number(lat.toFixed(6))];
  }

  #metres([lon, lat]) {
    const radians = Math.PI / 180;
    const x = (lon - this.middle.lon) * radians * EARTH * Math.cos(this.middle.lat * radians);
    return `${x.toFixed(1)},${(-(lat - this.middle.lat) * radians * EARTH).toFixed(1)}`;
  }

  #set(corners) {
    this.corners = corners;
    this.field.value = corners.length ? JSON.stringify(corners) : "";
    this.line.setAttribute("points", corners.map((corner) => this.#metres(corner)).join(" "));
    this.undo.hidden = corners.length === 0;
    const { none, one, many } = this.dataset;
    this.said.textContent = [none, one][corners.length] ?? many.replace("%n", corners.length);
  }
});
