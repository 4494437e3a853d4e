"""What kind of place a word means: our key, our label in any language, OpenStreetMap's value, or a portal's heading."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.conf import settings
from django.utils import translation
from rapidfuzz import process

from parvis.core.text import fold
from parvis.places.categories import CATEGORIES, category_of

_ALIKE = 80  # of 100: near enough to be offered, never to be taken

# Headings of French towns' portals, folded, where our label does not say them already.
_HEADINGS: dict[str, str] = {
    "accessoires": "clothing",
    "acces internet": "wifi",
    "hot spot wifi": "wifi",
    "arbres remarquables": "sight",
    "bureaux de vote": "polling-station",
    "emplacements motos": "parking",
    "emplacements velos": "bike-parking",
    "emplacements velos et motos": "bike-parking",
    "parkings deux roues": "bike-parking",
    "parkings voitures sous sol": "parking",
    "velib": "bicycle",
    "location automobile": "other",
    "entreprises tic de 50 salaries": "office",
    "administrations departementales et nationales": "town-hall",
    "agences immobilieres": "office",
    "ameublement decoration": "household",
    "associations de commercants": "association",
    "auto ecoles": "classes",
    "autres cultes": "worship",
    "bijouteries": "jewellery",
    "boucheries charcuteries": "butcher",
    "boulangeries patisseries": "bakery",
    "bureaux de poste": "post",
    "cadeaux ou jouets": "toys",
    "cafes bars brasseries": "bar",
    "centres cliniques et hopitaux": "hospital",
    "chausseurs maroquineries": "clothing",
    "chocolatiers": "chocolate",
    "cimetieres": "park",
    "cinema": "cinema",
    "coiffeurs": "hairdresser",
    "colleges": "school",
    "conteneurs a verre": "glass",
    "creches collectives ou en multi accueil municipales": "nursery",
    "creches familiales": "nursery",
    "culte catholique": "worship",
    "culture": "cinema",
    "defibrillateurs": "defibrillator",
    "deux roues": "bicycle",
    "ecoles elementaires": "school",
    "ecoles maternelles": "school",
    "ecoles superieures": "college",
    "epiceries superettes et grande distribution": "grocery",
    "equipements sportifs acces libre": "sport",
    "equipements sportifs acces reserve": "sport",
    "espace parent enfant": "social",
    "fromagers": "cheese",
    "fruits et legumes": "greengrocer",
    "habillement": "clothing",
    "haltes garderies et haltes jeux": "nursery",
    "hotels et chambres d hotes": "hotel",
    "instituts de beaute": "beauty",
    "jardins": "park",
    "laveries": "laundry",
    "librairies papeteries presse": "bookshop",
    "loisirs": "leisure",
    "lycees": "school",
    "mairie et communaute d agglomeration": "town-hall",
    "maisons de quartier": "social",
    "marches": "market",
    "mediatheques": "library",
    "musique": "classes",
    "opticiens": "optician",
    "parcs": "park",
    "parfumeries": "beauty",
    "petite enfance": "nursery",
    "pharmacies": "pharmacy",
    "pressings": "laundry",
    "relais d assistantes maternelles": "nursery",
    "remise en forme gestion du stress relaxation": "beauty",
    "restaurants": "restaurant",
    "restauration bars tabacs": "restaurant",
    "restauration rapide sandwicherie livraison a domicile traiteurs": "fast-food",
    "retoucheurs et merceries": "clothing",
    "sculptures de metal": "sight",
    "secours": "police-fire",
    "services aux seniors": "social",
    "squares": "park",
    "tourisme": "tourist-office",
    "vins et spiritueux": "wine",
    "agences de voyages": "office",
    "animalerie toilettage": "other",
    "controle technique automobile": "other",
    "garages et concessionnaires": "other",
    "location video": "other",
    "stations services lavage": "other",
    "aide a l emploi et developpement economique": "town-hall",
    "hebergement": "social",
    "enfance et jeunesse": "doctor",
    "boulangerie": "bakery",
    "boulangerie patisserie": "bakery",
    "restaurant": "restaurant",
    "librairie": "bookshop",
    "coiffeur": "hairdresser",
    "pharmacie": "pharmacy",
    "apotheek": "pharmacy",
    "bakkerij": "bakery",
    "slagerij": "butcher",
    "epicerie": "grocery",
    "ecole": "school",
    "parc": "park",
}  # fmt: skip


def kind_of(words: Iterable[str], tags: Mapping[str, str]) -> str | None:
    """The key of the category that the first telling word means, else the one that OSM tags mean, else None."""
    for word in words:
        if key := _kind_of_word(word):
            return key
    return category_of(tags) if tags else None


def suggestion(word: str) -> str:
    """The label nearest to a word that means no kind, in the active language; "" where none is near."""
    labels = {fold(str(category.label)): str(category.label) for category in CATEGORIES.values()}
    best = process.extractOne(fold(word), labels.keys(), score_cutoff=_ALIKE)
    return labels[best[0]] if best else ""


def _kind_of_word(word: str) -> str | None:
    text = word.strip()
    if text in CATEGORIES:
        return text
    if "=" in text:
        tag, _, value = text.partition("=")
        return category_of({tag.strip(): value.strip()})
    folded = fold(text)
    if not folded:
        return None
    known = _known_words()
    return known.get(folded) or known.get(_singular(folded)) or _HEADINGS.get(folded)


@lru_cache(maxsize=1)
def _known_words() -> dict[str, str]:
    """Every label in every language, and every OSM value that means one kind only, folded."""
    known: dict[str, str] = {}
    for key, category in reversed(CATEGORIES.items()):
        for value in (value for values in category.tags.values() for value in values if value != "*"):
            known[fold(value)] = key
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for key, category in CATEGORIES.items():
                label = fold(str(category.label))
                known[label] = known[_singular(label)] = key
    return known


def _singular(folded: str) -> str:
    return " ".join(word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in folded.split())
