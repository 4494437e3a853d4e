"""Which column means what, by the names that people give to columns in French, Dutch and English: one literal table."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from parvis.core.tables import UnreadableFile
from parvis.core.text import fold
from parvis.places.categories import CATEGORIES
from parvis.places.details import DETAILS

OWN_ID, EXPORTED_AT, DETAIL = "parvis_id", "parvis_exported_at", "detail:"
# A name stands before another one that means the same less surely: BAN's x and y are metres, its lon and lat degrees.
COLUMNS: dict[str, str] = {
    "name": "name|nom|naam|titre|title|libelle|denomination|enseigne|raison sociale|nom du commerce|nom du lieu"
    "|nom etablissement|nom de l etablissement|handelsnaam|benaming|titel|label",
    "kind": "category|categorie|categorie4|categorie3|kind|type|soort|rubrique|activite|sector|secteur|trade"
    "|famille|thematique|categorie2|categorie1",
    "description": "description|beschrijving|omschrijving|descriptif|presentation|commentaire|comment|remarques",
    "address": "address|adresse|adres|full address|adresse complete|volledig adres|adresse postale",
    "number": "housenumber|house number|addr housenumber|numero|huisnummer|no|num voie|numero voie",
    "street": "street|addr street|rue|straat|voie|nom voie|libelle voie|straatnaam",
    "postcode": "postcode|postal code|addr postcode|code postal|codepostal|cp|zip",
    "city": "city|addr city|ville|commune|gemeente|stad|localite|plaats|nom commune",
    "lat": "latitude|lat|breedtegraad|ylat|y wgs84|latitude y",
    "lon": "longitude|lon|lng|long|lengtegraad|xlong|x wgs84|longitude x",
    "x": "x|coord x|coordonnee x|x l93|lambert x",
    "y": "y|coord y|coordonnee y|y l93|lambert y",
    "coordinates": "coordinates|coordonnees|coordonnees geo|coordonnees gps|coordinaten|geo point|geo point 2d"
    "|geopoint|gps|wgs84|geolocalisation|latlon|position|wkt|location|localisation",
    "hours": "opening hours|opening_hours|horaires|horaires d ouverture|heures d ouverture|horaire|openingsuren"
    "|openingstijden|hours|uren|ouverture",
    "hours_text": "hours_text|hours text|horaires en clair",
    "phone": "phone|telephone|tel|telefoon|telefoonnummer|contact phone|numero de telephone|phone number|gsm",
    "email": "email|e mail|mail|courriel|contact email|adresse mail|adresse e mail|e mailadres",
    "website": "website|site|site web|site internet|url|web|contact website|internet|lien|webadres",
    "wheelchair": "wheelchair|accessibilite|accessible|acces pmr|pmr|rolstoel|rolstoeltoegankelijk|toegankelijkheid",
    "services": "services|service|diensten",
    "delivers_within_m": "delivers_within_m|delivers within m",
    "date": "source_date|source date|date|mis a jour|mise a jour|date de mise a jour|updated|last updated"
    "|derniere mise a jour|bijgewerkt|check_date|check date|record timestamp",
    "ref": "ref|reference|id|identifiant|recordid|identifier|siret|uid|code|numero d enregistrement|fid|gml id|osm id",
}  # fmt: skip
_IGNORED = {
    "source",
    "source_ref",
    "checked_at",
    "checked_by",
    "source ref",
    "checked at",
    "checked by",
    "category_label",
}
_TAG_KEYS = {key for category in CATEGORIES.values() for key in category.tags} | {"recycling_type"}
_PLACES = {fold(name): (field, rank) for field, names in COLUMNS.items() for rank, name in enumerate(names.split("|"))}


def understand(names: Iterable[str]) -> dict[str, list[str]]:
    """The columns that tell each field, the surest first. Raises UnreadableFile where they name nothing we know."""
    header = [name.strip() for name in names]
    told = [name for name in header if name]
    twice = next((name for name in told if told.count(name) > 1), "")
    if twice:
        raise UnreadableFile(_("Two columns are called “%(name)s”: rename one of them.") % {"name": twice[:60]})
    found: dict[str, list[tuple[int, str]]] = {}
    for name in told:
        field, rank = _field_of(name)
        if field:
            found.setdefault(field, []).append((rank, name))
    columns = {field: [name for _rank, name in sorted(ranked)] for field, ranked in found.items()}
    if "name" not in columns:
        raise UnreadableFile(
            _("No column holds the names of the places: call it “name” or “nom”. These were found: %(names)s.")
            % {"names": ", ".join(name[:30] for name in told[:8]) or "–"}
        )
    return columns


def _field_of(name: str) -> tuple[str, int]:
    if name in {OWN_ID, EXPORTED_AT}:
        return name, 0
    if name.startswith(DETAIL):
        return (name, 0) if name.removeprefix(DETAIL) in DETAILS else ("", 0)
    if name in _IGNORED:
        return "", 0
    if name in _TAG_KEYS:
        return f"tag:{name}", 0
    return _PLACES.get(fold(name), ("", 0))
