// The places on the live map: a pin by group, joined where they would stand on each other, the picked one above all.

const PX = 34;
const SIZE = 2; // drawn for screens with two points a pixel

/** The drawing of a pin; open places are filled and carry a sun. */
function pin(icon, c, { open, picked }) {
  const [fill, ink] = picked ? [c("ink"), c("paper")] : open ? [c("accent"), c("on-accent")] : [c("paper"), c("ink")];
  const edge = picked ? c("sun") : open ? c("paper") : c("ink-soft");
  const sun = open ? `<circle cx="27" cy="7" r="5" fill="${c("sun")}" stroke="${c("on-sun")}" stroke-width="1.2"/>` : "";
  const mark = icon.replace("<svg ", `<svg x="8" y="8" color="${ink}" `).replace('width="24" height="24"', 'width="18" height="18"');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${PX * SIZE}" height="${PX * SIZE}" viewBox="0 0 ${PX} ${PX}">` +
    `<circle cx="17" cy="17" r="14" fill="${fill}" stroke="${edge}" stroke-width="${picked ? 3 : 2}"/>${mark}${sun}</svg>`;
}

async function image(svg) {
  const drawing = new Image(PX * SIZE, PX * SIZE);
  drawing.src = `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;
  await drawing.decode();
  return drawing;
}

const point = (lon, lat, properties) => ({ type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties });
const all = (features) => ({ type: "FeatureCollection", features });

export class Pins {
  constructor(map, data) {
    [this.map, this.data, this.rows, this.chosen, this.me] = [map, data, [], null, null];
  }

  /** Sources and layers: again after each change of style. Images are drawn when a place needs them. */
  add(c) {
    this.colours = c;
    const { map } = this;
    map.addSource("pins", { type: "geojson", data: all([]), cluster: true, clusterRadius: 40, clusterMaxZoom: 16, clusterProperties: { count: ["+", ["get", "count"]] } });
    for (const one of ["me", "picked"]) map.addSource(one, { type: "geojson", data: all([]) });
    const many = [">", ["coalesce", ["get", "count"], 1], 1];
    const text = { "text-font": ["Parvis"], "text-allow-overlap": true };
    map.addLayer({ id: "many", source: "pins", type: "circle", filter: many, paint: { "circle-color": c("accent"), "circle-stroke-color": c("paper"), "circle-stroke-width": 2, "circle-radius": ["step", ["get", "count"], 15, 10, 18, 100, 22] } });
    map.addLayer({ id: "counts", source: "pins", type: "symbol", filter: many, layout: { ...text, "text-field": ["to-string", ["get", "count"]], "text-size": 14 }, paint: { "text-color": c("on-accent") } });
    map.addLayer({ id: "pins", source: "pins", type: "symbol", filter: ["!", many], layout: { "icon-image": ["get", "image"], "icon-allow-overlap": true } });
    const name = { "text-font": ["Parvis"], "text-field": ["get", "name"], "text-size": 13, "text-offset": [0, 1.3], "text-anchor": "top", "text-optional": true, "text-max-width": 9 };
    map.addLayer({ id: "names", source: "pins", type: "symbol", minzoom: 16, filter: ["!", many], layout: name, paint: { "text-color": c("ink"), "text-halo-color": c("paper"), "text-halo-width": 1.8 } });
    map.addLayer({ id: "me", source: "me", type: "circle", paint: { "circle-color": c("focus"), "circle-radius": 8, "circle-stroke-color": c("paper"), "circle-stroke-width": 3 } });
    map.addLayer({ id: "picked", source: "picked", type: "symbol", layout: { "icon-image": ["get", "image"], "icon-size": 1.25, "icon-allow-overlap": true } });
    this.show(this.rows);
    this.pick(this.chosen);
    this.here(this.me);
  }

  /** Draw the pins called `group-look` that the map does not have yet. */
  async #need(names) {
    const looks = { "": {}, open: { open: true }, picked: { picked: true } };
    await Promise.all([...new Set(names)].filter((name) => !this.map.hasImage(name)).map(async (name) => {
      const [group, look] = name.split("-");
      const drawn = await image(pin(this.data.icons[group], this.colours, looks[look]));
      if (!this.map.hasImage(name)) this.map.addImage(name, drawn, { pixelRatio: SIZE });
    }));
  }

  #look(group, look) {
    return `${group in this.data.icons ? group : "shops"}-${look}`;
  }

  /** Rows of places.json: [lon, lat, slug, name, group, open], or [lon, lat, count]. */
  async show(rows) {
    this.rows = rows;
    await this.#need(rows.filter((row) => row.length > 3).map((row) => this.#look(row[4], row[5] ? "open" : "")));
    if (this.rows !== rows) return; // newer ones came meanwhile
    this.map.getSource("pins")?.setData(all(rows.map(([lon, lat, ...rest]) => {
      if (rest.length === 1) return point(lon, lat, { count: rest[0] });
      const [slug, name, group, open] = rest;
      return point(lon, lat, { count: 1, slug, name, group, image: this.#look(group, open ? "open" : "") });
    })));
  }

  /** Mark one place: {lon, lat, slug, group}; null for none. */
  async pick(place) {
    this.chosen = place;
    const group = place && (place.group ?? this.rows.find((row) => row[2] === place.slug)?.[4]);
    const look = this.#look(group, "picked");
    if (place) await this.#need([look]);
    if (this.chosen !== place) return;
    this.map.getSource("picked")?.setData(all(place ? [point(place.lon, place.lat, { image: look })] : []));
  }

  here(at) {
    this.me = at;
    this.map.getSource("me")?.setData(all(at ? [point(at[0], at[1], {})] : []));
  }
}
