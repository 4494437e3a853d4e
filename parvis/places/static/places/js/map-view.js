// The live map itself: MapLibre on a box of the page, our buttons under it, a card for the place that is picked.

const element = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

/** A map in `box`; `tiles` is the reader of PMTiles, `embedded` leaves one finger and the wheel to the page around it. */
export function makeMap({ library, tiles, box, data, look, embedded }) {
  const { words, files, view, bounds } = data;
  library.setWorkerUrl(new URL(files.worker, location.href).href);
  library.addProtocol("pmtiles", new tiles.Protocol().tile);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = new library.Map({
    container: box,
    style: look.style(data, look.colours()),
    ...(view ? { center: view.slice(0, 2), zoom: view[2] } : { bounds, fitBoundsOptions: { padding: 16 } }),
    minZoom: 8,
    maxZoom: 19,
    attributionControl: false,
    dragRotate: false,
    touchPitch: false,
    pitchWithRotate: false,
    cooperativeGestures: embedded,
    fadeDuration: still ? 0 : 150,
    locale: {
      "Map.Title": words.map,
      "CooperativeGesturesHandler.MobileHelpText": words.gesture,
      "CooperativeGesturesHandler.WindowsHelpText": words.wheel,
      "CooperativeGesturesHandler.MacHelpText": words.wheelMac,
    },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  return map;
}

/** Buttons under the map: closer, further, the whole town, and where one is. */
export function makeTools({ map, data, nearMe }) {
  const { words, bounds } = data;
  const byHand = { originalEvent: true }; // told with the movement: the address bar follows
  const all = [
    ["+", words.closer, () => map.zoomIn({}, byHand)],
    ["−", words.further, () => map.zoomOut({}, byHand)],
    ["⤢", words.whole, () => map.fitBounds(bounds, { padding: 16 }, byHand)],
  ];
  const tools = element("div", { className: "map__tools" });
  const near = element("button", { type: "button", className: "map__near", textContent: words.me });
  near.addEventListener("click", nearMe);
  tools.append(near);
  for (const [sign, name, act] of all) {
    const button = element("button", { type: "button", textContent: sign, title: name });
    button.setAttribute("aria-label", name);
    button.addEventListener("click", act);
    tools.append(button);
  }
  return tools;
}

/** What stands over the map for the place that was touched: its name is the link to its page. */
export function makeCard({ data, onclose }) {
  const link = element("a", { className: "townmap__link" });
  const kind = element("span", { className: "small soft" });
  const close = element("button", { type: "button", className: "townmap__close", textContent: "×" });
  close.setAttribute("aria-label", data.words.close);
  close.addEventListener("click", onclose);
  const card = element("div", { className: "townmap__card", hidden: true }, element("p", {}, link, element("br"), kind), close);
  const show = (place) => {
    card.hidden = !place;
    if (!place) return;
    link.textContent = place.name;
    link.href = data.place.replace("SLUG", place.slug);
    kind.textContent = data.groups[place.group] ?? "";
  };
  return { card, show };
}

/** Pins that may be touched: a place is told to `pick`, several open by coming closer. */
export function listen({ map, pick }) {
  for (const layer of ["pins", "many"]) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  map.on("click", "pins", (event) => {
    const { geometry, properties } = event.features[0];
    const [lon, lat] = geometry.coordinates;
    pick({ ...properties, lon, lat });
  });
  map.on("click", "many", async (event) => {
    const { geometry, properties } = event.features[0];
    const source = map.getSource("pins");
    const zoom = properties.cluster ? await source.getClusterExpansionZoom(properties.cluster_id) : map.getZoom() + 2;
    map.easeTo({ center: geometry.coordinates, zoom: Math.min(zoom, 18) }, { originalEvent: event.originalEvent });
  });
}
