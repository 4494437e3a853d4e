"""``python -m parvis.config.translations``: bring the French and Dutch files up to date with the code.

Sentences are found in Python and in templates without GNU gettext, so that a test can compare on any machine.
English needs no file: the sentences are English.
"""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "locale"
LANGUAGES = ("fr", "nl")
# name of the function in code -> which of its arguments are the sentence (and its plural, and its context)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


@dataclass(order=True)
class Sentence:
    """A sentence to translate: English, its plural, its context, and the files it stands in."""

    text: str
    plural: str = ""
    context: str = ""
    files: set[str] = field(default_factory=set, compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one entry."""
        return (self.context, self.text)


def sources() -> list[Path]:
    """Python files and templates that people's sentences may stand in."""
    code = [p for p in ROOT.rglob("*.py") if not {"tests", "migrations"} & set(p.parts)]
    templates = [p for p in ROOT.glob("*/templates/**/*") if p.suffix in {".html", ".txt", ".typ"}]
    return sorted(code + templates)


def extract() -> dict[tuple[str, str], Sentence]:
    """Every sentence of the program, by context and text. Raises ValueError where a plural is told two ways."""
    found: dict[tuple[str, str], Sentence] = {}
    for path in sources():
        for sentence in _sentences(path):
            known = found.setdefault(sentence.key, sentence)
            known.plural = known.plural or sentence.plural
            known.files.add(str(path.relative_to(ROOT)))
    return found


def _sentences(path: Path) -> Iterator[Sentence]:
    from babel.messages.extract import extract as babel_extract
    from django.utils.translation.template import templatize

    text = path.read_text()
    if path.suffix != ".py":
        # What templatize makes is not quite Python: its lines are indented as the template was.
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    for _line, message, _comments, context in babel_extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
        singular, plural = (message[0], message[1]) if isinstance(message, tuple) else (message, "")
        if singular:
            yield Sentence(singular, plural or "", context or "")


def catalogue(language: str) -> polib.POFile:
    """The file of a language; an empty one where there is none yet."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    if path.exists():
        return polib.pofile(str(path), wrapwidth=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = polib.POFile(wrapwidth=0)
    file.fpath = str(path)
    plural = "nplurals=2; plural=(n > 1);" if language == "fr" else "nplurals=2; plural=(n != 1);"
    file.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": plural,
    }
    return file


def update(language: str) -> int:
    """Add new sentences (empty), drop those that are gone; how many still want a translation."""
    file, wanted = catalogue(language), extract()
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in file}
    for key in set(known) - set(wanted):
        file.remove(known[key])
    for key in sorted(set(wanted) - set(known)):
        sentence = wanted[key]
        entry = polib.POEntry(msgid=sentence.text, msgctxt=sentence.context or None)
        if sentence.plural:
            entry.msgid_plural, entry.msgstr_plural = sentence.plural, {0: "", 1: ""}
        file.append(entry)
    file.sort(key=lambda entry: (entry.msgctxt or "", entry.msgid))
    file.save(file.fpath)
    return len(missing(language))


def missing(language: str) -> list[str]:
    """Sentences without a translation in ``language``, and fuzzy ones."""
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in catalogue(language)}
    return sorted(
        sentence.text for key, sentence in extract().items() if key not in known or not known[key].translated()
    )


def set_type(file: polib.POFile, language: str) -> polib.POFile:
    """French as it is printed: the space before ``: ; ? ! %`` and inside quotation marks does not break a line.

    Translators type a plain space. (Source: Lexique des règles typographiques en usage à l'Imprimerie nationale.)
    """
    if language == "fr":
        for entry in file:
            entry.msgstr = _unbroken(entry.msgstr)
            entry.msgstr_plural = {number: _unbroken(text) for number, text in entry.msgstr_plural.items()}
    return file


def _unbroken(text: str) -> str:
    return re.sub(r"(?<=\S) (?=[:;?!»]|%%?(?![%(\w]))|(?<=«) ", "\u00a0", text)


def main() -> int:
    """Update each language and say what is missing."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.config.settings")
    django.setup()
    for language in LANGUAGES:
        print(f"{language}: {update(language)} to translate", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
