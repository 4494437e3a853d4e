"""What people say, and what things are called: a literal table that every town starts with, and the town's own lines.

A line works both ways: who types one of its names finds what carries another. A town's own line replaces ours for the
same word; a line that means itself switches ours off.
"""

from collections.abc import Iterable, Sequence

from parvis.core.text import words_of
from parvis.towns.models import Synonym, Town

type Phrase = tuple[str, ...]
type Meanings = dict[Phrase, tuple[Phrase, ...]]

LONGEST_PHRASE = 4  # words: "hôtel de ville", "café des parents d'élèves" is a name

# Names of the same thing, by language; the first one is what it is mostly called.
GROUPS: dict[str, tuple[str, ...]] = {
    "fr": (
        "vétérinaire | véto | docteur pour animaux",
        "restaurant | resto | bistrot | bistro | brasserie",
        "pharmacie | pharma | pharmacien",
        "banque | dab | distributeur | distributeur de billets | retrait | guichet",
        "tabac | pmu | buraliste | bar tabac | bureau de tabac",
        "mairie | hôtel de ville | maison communale",
        "coiffeur | salon de coiffure | coiffeuse | coiffure | barbier",
        "supermarché | supérette | courses | hypermarché",
        "épicerie | épicier | alimentation générale | supérette",
        "bibliothèque | bibli | médiathèque",
        "boulangerie | boulanger | boulangère",
        "boucherie | boucher | bouchère",
        "poissonnerie | poissonnier",
        "fromagerie | fromager | crèmerie",
        "primeur | maraîcher | fruits et légumes",
        "fleuriste | fleurs",
        "librairie | libraire",
        "médecin | docteur | toubib | généraliste",
        "dentiste | chirurgien dentiste",
        "école | groupe scolaire",
        "crèche | halte garderie | garderie",
        "gym | salle de sport | fitness | club de sport",
        "ciné | cinéma",
        "poste | bureau de poste | la poste",
        "pressing | laverie | blanchisserie",
        "quincaillerie | bricolage | droguerie",
        "déchetterie | déchèterie | point d apport volontaire",
        "parking | stationnement",
        "vélo | bicyclette | cycles",
        "caviste | vins | cave à vin",
        "café | bar",
        "opticien | lunettes | optique",
        "gare | rer | train",
        "commissariat | police",
        "défibrillateur | dae",
        "aire de jeux | jeux pour enfants | toboggan",
        "caniparc | parc canin | parc à chiens",
        "boîte à livres | livres en partage | cabane à livres",
        "borne de recharge | recharge électrique | borne électrique",
    ),
    "nl": (
        "apotheek | apotheker | farmacie",
        "bakker | bakkerij | brood",
        "slager | slagerij | beenhouwer | beenhouwerij",
        "dierenarts | veearts",
        "gemeentehuis | stadhuis | gemeente",
        "kapper | kapsalon | kapster",
        "bib | bibliotheek",
        "supermarkt | superette | grootwarenhuis",
        "bank | geldautomaat | bankautomaat | bancontact",
        "dokter | huisarts | arts",
        "tandarts",
        "bloemist | bloemenwinkel | bloemen",
        "boekhandel | boekenwinkel",
        "krantenwinkel | dagbladhandel",
        "resto | restaurant",
        "café | kroeg | bar",
        "fiets | fietsen | fietsenmaker | fietswinkel",
        "speeltuin | speelplein | speelplaats",
        "crèche | kinderdagverblijf | kinderopvang",
        "wasserette | wassalon | droogkuis",
        "postkantoor | post",
    ),
    "en": (
        "vet | veterinary | veterinarian",
        "pharmacy | chemist | drugstore",
        "bakery | baker",
        "hairdresser | barber | hair salon",
        "bank | atm | cash machine",
        "town hall | city hall",
        "supermarket | grocery",
        "doctor | physician | gp",
        "restaurant | diner",
        "bike | bicycle",
        "playground | play area",
    ),
}


def _phrase(text: str) -> Phrase:
    return tuple(words_of(text))


def _table(languages: Iterable[str]) -> dict[Phrase, list[Phrase]]:
    found: dict[Phrase, list[Phrase]] = {}
    for language in languages:
        for line in GROUPS.get(language, ()):
            names = [_phrase(name) for name in line.split("|")]
            for name in names:
                others = found.setdefault(name, [])
                others += [other for other in names if other != name and other not in others]
    return found


_TABLES: dict[tuple[str, ...], dict[Phrase, list[Phrase]]] = {}


def defaults(languages: Sequence[str]) -> dict[Phrase, list[Phrase]]:
    """Our own lines in the languages of a town and in English: each name with the others."""
    key = tuple(dict.fromkeys([*languages, "en"]))
    if key not in _TABLES:
        _TABLES[key] = _table(key)
    return _TABLES[key]


def meanings(town: Town, typed: Sequence[str]) -> Meanings:
    """The other names of every run of words in ``typed`` that has some in this town: one query."""
    runs = {
        tuple(typed[start : start + length])
        for start in range(len(typed))
        for length in range(1, LONGEST_PHRASE + 1)
        if start + length <= len(typed)
    }
    ours = defaults(town.languages)
    found: Meanings = {run: tuple(ours[run]) for run in runs if run in ours}
    spelled = [" ".join(run) for run in runs]
    own = Synonym.objects.filter(town=town, word__in=spelled) if spelled else ()
    for line in own:
        phrase = _phrase(line.word)
        if means := tuple(m for m in map(_phrase, line.means.split(",")) if m and m != phrase):
            found[phrase] = means
        else:
            found.pop(phrase, None)
    return found
