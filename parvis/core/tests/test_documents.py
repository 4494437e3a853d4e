"""PDF that screen readers can read, and in which text of people never becomes code."""

from datetime import UTC, datetime

import pytest

from parvis.core.documents import pdf

MADE = datetime(2026, 11, 26, 9, tzinfo=UTC)
LABEL = {
    "code": "K7RVD",
    "svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>',
    "shop": "Boulangerie",
    "order": "BBBBB",
    "name": "Camille",
    "way": "town bike",
    "window": "17 h–19 h",
    "weight": "1 kg",
    "position": "1/1",
    "address": "",
    "note": "",
}
DATA = {"words": {"order": "Order", "for": "For", "weight": "Weight", "bag": "Bag", "way": "Way"}, "qr_alt": "QR"}


def label_pdf(**changes):
    data = DATA | {"labels": [LABEL | changes]}
    return pdf("label", title="Étiquette", language="fr", data=data, made_at=MADE)


def test_it_is_tagged_and_says_it_is_accessible():
    document = label_pdf()
    assert document.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in document
    assert b"pdfuaid" in document
    assert b"(fr)" in document


@pytest.mark.parametrize(
    "text", ['#import "/etc/passwd"', "$x^2$ *gras* _it_", "\\ \" ' <tag> @ref", "日本語 🥖", "a" * 200]
)
def test_what_people_write_is_only_text(text):
    assert label_pdf(name=text, note=text, shop=text).startswith(b"%PDF-")


def test_the_same_label_is_the_same_file():
    assert label_pdf() == label_pdf()
