// <town-map>: pan and zoom for a map that the server has drawn, by changing its viewBox.
// Wheel with Ctrl or pinch to zoom, two fingers or mouse to pan, buttons, and the keys + - 0 and arrows.

const CLOSEST = 12;
const DEGREE = (6_371_008.8 * Math.PI) / 180; // metres, as the server draws

customElements.define("town-map", class extends HTMLElement {
  connectedCallback() {
    this.svg = this.querySelector("svg");
    if (!this.svg || this.tools) return;
    const [x, y, width, height] = this.svg.getAttribute("viewBox").split(" ").map(Number);
    this.whole = { x, y, width, height };
    this.view = { ...this.whole };
    this.fingers = new Map();
    this.markers = [...this.svg.querySelectorAll(".map__marker")].map((marker) => ({
      marker,
      at: marker.getAttribute("transform").match(/translate\([^)]*\)/)[0],
    }));
    this.svg.dataset.live = "";
    this.#tools();
    this.#listen();
    new ResizeObserver(() => this.#draw()).observe(this.svg);
    this.#draw();
  }

  #tools() {
    this.tools = document.createElement("div");
    this.tools.className = "map__tools";
    const all = [["+", "more", () => this.zoom(1.6)], ["−", "less", () => this.zoom(1 / 1.6)], ["⤢", "reset", () => this.reset()]];
    for (const [sign, name, act] of all) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.setAttribute("aria-label", this.dataset[name] ?? sign);
      button.addEventListener("click", act);
      this.tools.append(button);
    }
    this.append(this.tools);
  }

  #listen() {
    this.addEventListener("keydown", (event) => {
      const step = this.view.width / 8;
      const keys = {
        "+": () => this.zoom(1.6), "=": () => this.zoom(1.6), "-": () => this.zoom(1 / 1.6), 0: () => this.reset(),
        ArrowLeft: () => this.pan(-step, 0), ArrowRight: () => this.pan(step, 0),
        ArrowUp: () => this.pan(0, -step), ArrowDown: () => this.pan(0, step),
      };
      if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      keys[event.key]();
    });
    // the page scrolls over the map: only Ctrl (or a pinch on a touch pad, which sends it) zooms
    this.svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, this.#metres(event));
    }, { passive: false });
    this.svg.addEventListener("pointerdown", (event) => this.fingers.set(event.pointerId, event));
    this.svg.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
      this.svg.addEventListener(end, (event) => this.fingers.delete(event.pointerId));
    }
    this.svg.addEventListener("dragstart", (event) => event.preventDefault());
  }

  #move(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const scale = this.#unit();
    const others = [...this.fingers.values()].filter((finger) => finger.pointerId !== event.pointerId);
    this.fingers.set(event.pointerId, event);
    if (others.length === 1) {
      const gap = (finger) => Math.hypot(finger.clientX - others[0].clientX, finger.clientY - others[0].clientY);
      this.zoom(gap(event) / Math.max(gap(before), 1), this.#metres(event));
    } else if (event.pointerType === "mouse" || this.view.width < this.whole.width) {
      this.pan((before.clientX - event.clientX) * scale, (before.clientY - event.clientY) * scale);
    }
  }

  /** Where on the map a finger or the mouse is. */
  #metres(event) {
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
  }

  /** Metres in one pixel: the tighter of the two sides decides. */
  #unit() {
    const { clientWidth, clientHeight } = this.svg;
    return Math.max(this.view.width / (clientWidth || 640), this.view.height / (clientHeight || clientWidth || 640));
  }

  zoom(factor, about) {
    const { x, y, width, height } = this.view;
    const point = about ?? { x: x + width / 2, y: y + height / 2 };
    const next = Math.min(this.whole.width, Math.max(this.whole.width / CLOSEST, width / factor));
    const ratio = next / width;
    this.view = { x: point.x - (point.x - x) * ratio, y: point.y - (point.y - y) * ratio, width: next, height: height * ratio };
    this.pan(0, 0);
  }

  pan(dx, dy) {
    const { whole, view } = this;
    view.x = Math.min(Math.max(view.x + dx, whole.x), whole.x + whole.width - view.width);
    view.y = Math.min(Math.max(view.y + dy, whole.y), whole.y + whole.height - view.height);
    this.#draw();
  }

  /** Shows the way of this name before all others, and a little around it; the whole picture where there is none. */
  along(name) {
    const routes = [...(this.svg?.querySelectorAll(".map__route") ?? [])];
    const here = routes.find((route) => route.dataset.name === name);
    for (const route of routes) route.toggleAttribute("data-here", route === here);
    if (!here) return this.reset();
    routes.at(-1).after(here); // over those that cross it
    const { whole } = this;
    const { x, y, width, height } = here.getBBox();
    const part = Math.min(1, Math.max(width / whole.width, height / whole.height, 1 / CLOSEST) * 1.4);
    const [wide, high] = [whole.width * part, whole.height * part];
    this.view = { x: x + (width - wide) / 2, y: y + (height - high) / 2, width: wide, height: high };
    this.pan(0, 0);
  }

  /** Puts somebody on the map, to `metres` near; whether the drawing reaches so far. */
  locate(lon, lat, metres) {
    const [middleLon, middleLat] = this.svg.dataset.middle.split(" ").map(Number);
    const east = (lon - middleLon) * DEGREE * Math.cos((middleLat * Math.PI) / 180);
    const [x, y] = [east, (middleLat - lat) * DEGREE].map(Math.round);
    if (!this.me) {
      const drawn = (name, parent) => parent.appendChild(document.createElementNS("http://www.w3.org/2000/svg", name));
      this.around = drawn("circle", this.svg);
      this.me = drawn("g", this.svg);
      this.around.setAttribute("class", "map__around");
      this.me.setAttribute("class", "map__marker map__marker--me");
      const pin = drawn("circle", this.me);
      pin.setAttribute("class", "map__pin");
      pin.setAttribute("r", "9");
      this.markers.push({ marker: this.me });
    }
    for (const [name, value] of [["cx", x], ["cy", y], ["r", Math.round(metres)]]) this.around.setAttribute(name, value);
    this.markers.at(-1).at = `translate(${x} ${y})`;
    this.#draw();
    const { whole } = this;
    return x >= whole.x && x <= whole.x + whole.width && y >= whole.y && y <= whole.y + whole.height;
  }

  reset() {
    this.view = { ...this.whole };
    this.#draw();
  }

  #draw() {
    const { x, y, width, height } = this.view;
    this.svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    this.svg.classList.toggle("map--near", width < this.whole.width);
    const unit = this.#unit();
    for (const { marker, at } of this.markers) marker.setAttribute("transform", `${at} scale(${unit})`);
  }
});
