// What the live map looks like: the town's own tiles in the colours of the stylesheet, light or dark.
// Roads, water, green, buildings, names; where the town has no tiles, its outline and simplified streets.

const WIDTHS = { // pixels at zooms 11, 14 and 18
  motorway: [1.6, 4, 18], major: [1.2, 3.5, 16], middle: [0.8, 2.6, 13], street: [0.3, 1.8, 11], path: [0, 0.7, 3],
};

/** The colours of the page, read from its tokens. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim() || "#888888";
}

const is = (...kinds) => ["in", ["get", "kind"], ["literal", kinds]];
const wide = ([far, mid, near], more = 0) => ["interpolate", ["exponential", 1.6], ["zoom"], 11, far + more / 2, 14, mid + more, 18, near + more];

function area(id, source, kinds, colour, extra = {}) {
  return { id: `${source}-${id}`, source, type: "fill", filter: is(...kinds), paint: { "fill-color": colour }, ...extra };
}

function line(id, source, kinds, colour, width, extra = {}) {
  return {
    id: `${source}-${id}`, source, type: "line", filter: is(...kinds),
    layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": colour, "line-width": width, ...extra },
  };
}

function label(id, source, filter, size, colour, halo, extra = {}) {
  return {
    id: `${source}-${id}`, source, type: "symbol", filter,
    layout: { "text-field": ["get", "name"], "text-font": ["Parvis"], "text-size": size, "text-max-width": 8, ...extra },
    paint: { "text-color": colour, "text-halo-color": halo, "text-halo-width": 1.6 },
  };
}

function ground(source, c) {
  const layers = [
    area("green", source, ["green"], c("green")),
    area("water", source, ["water"], c("water")),
    area("square", source, ["square"], c("road")),
    line("river", source, ["river"], c("water"), wide([1, 2, 6])),
    line("rail", source, ["rail"], c("line-strong"), wide([0.5, 1, 2]), { "line-opacity": 0.6 }),
  ];
  for (const kind of ["street", "middle", "major", "motorway"]) {
    layers.push(line(`${kind}-edge`, source, [kind], c("line"), wide(WIDTHS[kind], 1.4)));
  }
  for (const kind of ["street", "middle", "major", "motorway"]) {
    const colour = kind === "street" || kind === "middle" ? c("road") : c("road-major");
    layers.push(line(kind, source, [kind], colour, wide(WIDTHS[kind])));
  }
  return layers;
}

function names(c) {
  const named = (kinds) => ["all", is(...kinds), ["has", "name"]];
  const soft = c("ink-soft");
  const along = { "symbol-placement": "line", "text-max-angle": 35, "text-padding": 4 };
  return [
    label("street-names", "streets", named(["street", "middle", "major"]), ["interpolate", ["linear"], ["zoom"], 14, 11, 18, 15], c("ink"), c("road"), along),
    label("green-names", "streets", named(["green-name", "water-name"]), 12, soft, c("land")),
    label("stations", "streets", named(["station"]), 12, c("ink"), c("land")),
    label("places", "streets", ["all", is("place"), [">=", ["get", "rank"], 3]], 13, soft, c("land"), { "symbol-sort-key": ["get", "rank"] }),
    label("far-places", "far", is("place"), 14, c("ink"), c("land"), { "symbol-sort-key": ["get", "rank"] }),
  ];
}

/** A style of MapLibre: `data` is what the page says of the town's files. */
export function style(data, c) {
  const url = (path) => `pmtiles://${new URL(path, location.href).href}`;
  const sources = { ground: { type: "geojson", data: new URL(data.ground, location.href).href } };
  const layers = [{ id: "land", type: "background", paint: { "background-color": c("land") } }];
  if (data.tiles) {
    const reach = { far: [8, 12], streets: [13, 13], near: [14, 14] };
    for (const [name, [minzoom, maxzoom]] of Object.entries(reach)) sources[name] = { type: "vector", url: url(data.tiles[name]), minzoom, maxzoom };
    const from = (low, high) => (layer) => ({ ...layer, "source-layer": "town", minzoom: low, maxzoom: high });
    const [far, near, close] = [from(0, 13), from(13, 24), from(14, 24)];
    layers.push(...ground("far", c).map(far), ...ground("streets", c).slice(0, 5).map(near));
    layers.push(close(area("building", "near", ["building"], c("sunk"), { paint: { "fill-color": c("beyond"), "fill-outline-color": c("line") } })));
    layers.push(close(line("path", "near", ["path"], c("road"), wide(WIDTHS.path))));
    layers.push(...ground("streets", c).slice(5).map(near));
    layers.push(...names(c).map((layer) => (layer.source === "far" ? far(layer) : near(layer))));
  } else {
    layers.push(area("land", "ground", ["boundary"], c("land")), ...ground("ground", c));
    layers.push({ ...label("street-names", "ground", is("street-name"), 12, c("ink-soft"), c("land")), minzoom: 14 });
    layers[0].paint["background-color"] = c("beyond");
  }
  layers.push(line("boundary", "ground", ["boundary"], c("line-strong"), 1.5, { "line-dasharray": [3, 2] }));
  return { version: 8, sources, layers, "font-faces": { Parvis: new URL(data.files.font, location.href).href } };
}
