"""What search engines are told: every public page once, nothing of another town, nothing that is gone."""

from xml.etree import ElementTree as ET

import pytest

from parvis.demo import builders
from parvis.places.models import Place

pytestmark = pytest.mark.django_db
# The documents read here are our own.
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def pages(browser, section):
    response = browser.get(f"/sitemap-{section}.xml")
    assert response.status_code == 200
    return [found.text for found in ET.fromstring(response.content).iterfind(".//s:loc", SPACE)]  # noqa: S314


def test_the_index_leads_to_the_sections(visit, town):
    found = ET.fromstring(visit().get("/sitemap.xml").content).iterfind(".//s:loc", SPACE)  # noqa: S314
    assert [one.text for one in found] == [
        f"http://issy.localhost/sitemap-{section}.xml" for section in ("pages", "places", "shops", "products")
    ]


def test_every_section_lists_pages_that_answer(visit, town, product, other_town):
    builders.make_shop(other_town, "Ailleurs")
    browser = visit()
    for section, expected in (("pages", "/"), ("places", "/places/boulangerie-du-parvis/"), ("shops", "/shops/"),
                              ("products", f"/shops/boulangerie-du-parvis/{product.slug}/")):  # fmt: skip
        listed = pages(browser, section)
        assert any(page.startswith(f"http://issy.localhost{expected}") for page in listed), section
        assert not any("ailleurs" in page for page in listed)
        for page in listed:
            assert browser.get(page.removeprefix("http://issy.localhost")).status_code == 200, page


def test_what_is_gone_is_not_listed(visit, shop, at):
    Place.objects.update(gone_on=at.date())
    assert pages(visit(), "places") == []


def test_nonsense(visit, town):
    assert visit().get("/sitemap-castles.xml").status_code == 404
    assert visit().get("/sitemap-places.xml?p=99").status_code == 404
    assert visit().get("/sitemap-places.xml?p=x").status_code == 404


def test_robots(visit, town):
    assert "Disallow: /\n" in visit().get("/robots.txt").content.decode()  # invented shops are not for the world
    town.is_demo = False
    town.save()
    said = visit().get("/robots.txt").content.decode()
    assert "Disallow: /basket/" in said
    assert "Disallow: /places/export\n" in said
    assert "Disallow: /*.pdf$\n" in said
    assert "Sitemap: http://issy.localhost/sitemap.xml" in said
