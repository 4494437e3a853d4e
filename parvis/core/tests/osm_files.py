"""Small OpenStreetMap files written by hand, for tests of this room and of those above."""

from pathlib import Path
from xml.sax.saxutils import quoteattr


class Drawing:
    """Collects nodes, ways and relations; ``write`` makes an ``.osm`` file of them."""

    def __init__(self, bounds: tuple[float, float, float, float] | None = (2.0, 48.0, 2.02, 48.02)) -> None:
        self.bounds, self.parts, self.last = bounds, {"n": [], "w": [], "r": []}, 0

    def node(self, lon: float, lat: float, **tags: str) -> int:
        return self._add("n", "node", f'lon="{lon}" lat="{lat}"', "", tags)

    def way(self, nodes: list[int], **tags: str) -> int:
        return self._add("w", "way", "", "".join(f'<nd ref="{n}"/>' for n in nodes), tags)

    def relation(self, members: list[tuple[str, int, str]], **tags: str) -> int:
        kinds = {"n": "node", "w": "way", "r": "relation"}
        inner = "".join(f'<member type="{kinds[k]}" ref="{ref}" role="{role}"/>' for k, ref, role in members)
        return self._add("r", "relation", "", inner, tags)

    def street(self, points: list[tuple[float, float]], **tags: str) -> int:
        return self.way([self.node(*point) for point in points], **({"highway": "residential"} | tags))

    def _add(self, kind: str, element: str, attributes: str, inner: str, tags: dict[str, str]) -> int:
        self.last += 1
        said = "".join(f"<tag k={quoteattr(k.replace('__', ':'))} v={quoteattr(v)}/>" for k, v in tags.items())
        mine = f'id="{self.last}" version="1" timestamp="2024-05-01T00:00:00Z" {attributes}'
        self.parts[kind].append(f"<{element} {mine}>{inner}{said}</{element}>")
        return self.last

    def write(self, path: Path) -> Path:
        bounds = ""
        if self.bounds:
            west, south, east, north = self.bounds
            bounds = f'<bounds minlon="{west}" minlat="{south}" maxlon="{east}" maxlat="{north}"/>'
        body = "\n".join(part for kind in ("n", "w", "r") for part in self.parts[kind])
        path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">{bounds}\n{body}\n</osm>\n')
        return path


def small_town(path: Path) -> Path:
    """Two streets crossing, some doors, shops and a commune whose boundary the extract holds whole."""
    d = Drawing()
    corner = d.node(2.010, 48.010)
    main = [d.node(2.000 + i / 1000, 48.010) for i in range(21) if i != 10]
    main.insert(10, corner)
    d.way(main, highway="secondary", name="Rue Haute")
    cross = [d.node(2.010, 48.000 + i / 1000) for i in range(21) if i != 10]
    cross.insert(10, corner)
    d.way(cross, highway="residential", name="Rue Basse")
    d.street([(2.004, 48.010), (2.004, 48.012)], highway="steps")
    for number in range(1, 8):
        d.node(2.010 + number / 1000, 48.0101, addr__housenumber=str(number), addr__street="Rue Haute",
               addr__postcode="35600", addr__city="Bourg", addr__country="FR")  # fmt: skip
    d.node(2.0101, 48.011, addr__housenumber="2", addr__street="Rue Basse")
    d.node(2.0103, 48.0121, addr__housenumber="4;6", addr__street="Rue Basse", addr__postcode="35600")
    d.node(2.012, 48.0101, shop="bakery", name="Au Bon Pain", opening_hours="Tu-Su 07:00-19:30",
           addr__street="Rue Haute", addr__housenumber="2", website="bonpain.example")  # fmt: skip
    d.node(2.013, 48.0101, amenity="pharmacy", name="Pharmacie Haute", opening_hours="lundi au samedi")
    d.node(2.0101, 48.0111, shop="florist", name="Au Bon Pain")
    d.node(2.014, 48.0101, shop="vacant", name="Ancien garage")
    d.node(2.014, 48.0102, amenity="bench", name="Banc")
    d.node(2.015, 48.0101, shop="bakery")  # nobody knows its name
    pond = [d.node(2.002, 48.002), d.node(2.003, 48.002), d.node(2.003, 48.003), d.node(2.002, 48.003)]
    d.way([*pond, pond[0]], natural="water")
    lawn = [d.node(2.015, 48.015), d.node(2.017, 48.015), d.node(2.017, 48.017), d.node(2.015, 48.017)]
    d.way([*lawn, lawn[0]], leisure="park", name="Parc du Bourg", opening_hours="sunrise-sunset")
    ring = [d.node(2.001, 48.001), d.node(2.019, 48.001), d.node(2.019, 48.019), d.node(2.001, 48.019)]
    halves = [d.way(ring[:3], boundary="administrative"), d.way([*ring[2:], ring[0]])]
    centre = d.node(2.010, 48.0105, place="village", name="Bourg")
    d.relation(
        [("n", centre, "admin_centre"), *(("w", way, "outer") for way in halves)],
        type="boundary", boundary="administrative", admin_level="8", name="Bourg", ref__INSEE="35999",
    )  # fmt: skip
    return d.write(path)
