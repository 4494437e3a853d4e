"""Goods from a shop's own website: a real server on loopback, pages as shops have them, addresses not to be read."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from parvis.core.errors import Refusal
from parvis.market.actions.bringing import read_brought
from parvis.market.clients import sites
from parvis.market.clients.sites import Site, Unreachable
from parvis.market.goods.structured import read_page, to_reading
from parvis.market.goods.website import read_saved_page, read_site
from parvis.market.models import GoodsImport, Product
from parvis.market.tests.merchant.test_goods import text

WEBSITE = "products/bring/website/"


def jsonld(*things):
    return "".join(f'<script type="application/ld+json">{json.dumps(thing)}</script>' for thing in things)


def product(name="Tarte aux pommes", price="14.90", **extra):
    offer = {"@type": "Offer", "price": price, "priceCurrency": "EUR"}
    return {"@context": "https://schema.org", "@type": "Product", "name": name, "offers": offer} | extra


MICRODATA = """
<div itemscope itemtype="https://schema.org/Product"><h2 itemprop="name">Flan &amp; vanille</h2>
<meta itemprop="gtin13" content="3183810003007">
<div itemprop="offers" itemscope itemtype="https://schema.org/Offer"><span itemprop="price" content="3.30">3,30 €</span>
<meta itemprop="priceCurrency" content="EUR"></div></div>
"""


def page(body):
    return f"<!doctype html><html><head><meta charset='utf-8'></head><body>{body}</body></html>".encode()


def picture():
    out = BytesIO()
    Image.new("RGB", (300, 200), "#b4432b").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def server():
    """``server.pages[path]`` is what a path answers; ``server.asked`` is what was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append(self.path)
            found = self.server.pages.get(self.path, 404)
            status, headers, body = found if isinstance(found, tuple) else (found, {}, b"")
            if isinstance(found, bytes):
                status, headers, body = 200, {"Content-Type": "text/html; charset=utf-8"}, found
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.pages, http.asked = {}, []
    http.at = f"http://127.0.0.1:{http.server_port}"
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield http
    http.shutdown()
    http.server_close()


@pytest.fixture
def nearby(settings):
    """Loopback may be read, for the tests alone."""
    settings.SITES_ANYWHERE = True


def test_goods_of_one_page(server, nearby, shop):
    things = [
        product(description="<p>Pommes &amp; beurre</p>", weight={"value": "0.75", "unitCode": "KGM"}, image="/t.jpg"),
        product("Éclair", 3.4, image=f"{server.at}/e.jpg"),
    ]
    server.pages["/boutique"] = page(jsonld(*things) + MICRODATA)
    server.pages["/e.jpg"] = (200, {"Content-Type": "image/jpeg"}, picture())
    reading = read_site(f"{server.at}/boutique", shop)
    values = {one.values["name"]: one.values for one in reading.incoming}
    assert values["Tarte aux pommes"] == {
        "name": "Tarte aux pommes", "price_cents": 1490, "description": "Pommes & beurre", "grams": 750,
    }  # fmt: skip
    assert values["Éclair"]["price_cents"] == 340
    assert values["Éclair"]["picture"].endswith(".webp")
    assert values["Flan & vanille"] == {"name": "Flan & vanille", "ean": "3183810003007", "price_cents": 330}


def test_pages_behind_the_page(server, nearby, shop):
    links = "".join(f'<a href="/produit/{n}/">{n}</a>' for n in range(3))
    elsewhere = (
        '<a href="https://example.com/produit/9">x</a><a href="/mentions-legales">y</a><a href="/produit/0/#avis">'
    )
    server.pages["/"] = page(links + elsewhere)
    for n in range(3):
        server.pages[f"/produit/{n}/"] = page(jsonld(product(f"Pain {n}", "4.20")))
    names = [one.values["name"] for one in read_site(server.at, shop).incoming]
    assert names == ["Pain 0", "Pain 1", "Pain 2"]
    assert server.asked == ["/robots.txt", "/", "/produit/0/", "/produit/1/", "/produit/2/"]


SHAPES = {
    "a graph": {"@graph": [{"@type": "WebSite"}, product()]},
    "a list": {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": product()}]},
    "a catalogue": {"@type": "Store", "hasOfferCatalog": {"itemListElement": [{"@type": "Offer", "price": 14.9,
                    "priceCurrency": "EUR", "itemOffered": {"@type": "Product", "name": "Tarte aux pommes"}}]}},
    "variants": {"@type": "ProductGroup", "name": "Tartes", "hasVariant": [product()]},
    "several types": product() | {"@type": ["Product", "Thing"]},
    "the full address": product() | {"@type": "http://schema.org/Product"},
    "an aggregate": product() | {"offers": {"@type": "AggregateOffer", "lowPrice": 14.9, "priceCurrency": "EUR"}},
    "a specification": product() | {"offers": [{"priceSpecification": {"price": "14.9000", "priceCurrency": "EUR"}}]},
    "a comma": product(price="14,90 €"),
    "a menu": {"@type": "Menu", "hasMenuSection": [{"hasMenuItem": [product() | {"@type": "MenuItem"}]}]},
}  # fmt: skip


@pytest.mark.parametrize("shape", list(SHAPES))
def test_shapes_that_shops_use(shape, shop):
    reading = read_saved_page(page(jsonld(SHAPES[shape])), shop)
    assert [(one.values["name"], one.values["price_cents"]) for one in reading.incoming] == [("Tarte aux pommes", 1490)]


def test_several_prices_and_what_is_sold_out(shop):
    offers = [{"price": 9, "priceCurrency": "EUR", "availability": "https://schema.org/OutOfStock"}, {"price": "8"}]
    incoming = read_saved_page(page(jsonld(product() | {"offers": offers})), shop).incoming[0]
    assert (incoming.values["price_cents"], incoming.values.get("hidden")) == (800, None)
    assert incoming.notes == ["The site has several prices for it; the lowest is taken."]
    incoming = read_saved_page(page(jsonld(product() | {"offers": offers[:1]})), shop).incoming[0]
    assert incoming.values["hidden"] is True


@pytest.mark.parametrize(
    ("thing", "sentence"),
    [
        (product(price="12") | {"offers": {"price": 12, "priceCurrency": "USD"}}, "The price is in USD"),
        (product(price="cher"), "“cher” is no price"),
        (product(price="-4"), "“-4” is no price"),
        (product(name="***"), "“***” is no name"),
        (product(price="99999999"), "is no price"),
    ],
)
def test_what_cannot_be_used_has_its_sentence(thing, sentence, shop):
    reading = read_saved_page(page(jsonld(thing)), shop)
    assert not reading.incoming
    assert sentence in reading.errors[0].sentence


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   ",
        page("<p>Bonjour</p>"),
        page('<script type="application/ld+json">{"@type": "Product", </script>'),
        page('<script type="application/ld+json">' + "[" * 50_000 + "</script>"),
        b"<html>" + b"<div>" * 50_000,
        b"\x00\x01\x02\xff\xfe",
        b"{" * 10_000,
        json.dumps({"a": [1, None, True, {"@type": None, "name": 7}]}).encode(),
    ],
)
def test_pages_that_say_nothing(content, shop):
    with pytest.raises(Refusal, match="describes no goods"):
        read_saved_page(content, shop)


def test_robots_are_respected(server, nearby, shop):
    server.pages["/robots.txt"] = b"User-agent: *\nDisallow: /boutique\n"
    server.pages["/boutique"] = page(jsonld(product()))
    with pytest.raises(Unreachable, match="asks machines not to read"):
        read_site(f"{server.at}/boutique", shop)
    assert server.asked == ["/robots.txt"]


def test_a_redirect_is_followed_and_looked_at_again(server, nearby, shop, settings):
    server.pages["/a"] = (302, {"Location": "/b"}, b"")
    server.pages["/b"] = page(jsonld(product(), product("Flan", 3)))
    assert len(read_site(f"{server.at}/a", shop).incoming) == 2
    server.pages["/loop"] = (302, {"Location": "/loop"}, b"")
    with pytest.raises(Unreachable, match="without end"):
        Site().page(f"{server.at}/loop")
    server.pages["/out"] = (302, {"Location": "file:///etc/passwd"}, b"")
    with pytest.raises(Unreachable, match="no address of a website"):
        Site().page(f"{server.at}/out")


@pytest.mark.parametrize(
    "address",
    ["ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "//example.org", "http://", "http://a:b@example.org/",
     "http://example.org:8080/", "http://[::1", "gopher://x/", "https://" + "a" * 1000 + ".org/"],
)  # fmt: skip
def test_addresses_that_are_none(address):
    with pytest.raises(Unreachable, match="no address of a website"):
        Site().page(address)


@pytest.mark.parametrize(
    "inside",
    ["127.0.0.1", "10.0.0.7", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0",  # noqa: S104 - none is bound
     "100.64.0.1", "224.0.0.1",
     "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"],
)  # fmt: skip
def test_a_name_that_leads_inside_is_not_followed(monkeypatch, inside):
    family = socket.AF_INET6 if ":" in inside else socket.AF_INET
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(family, socket.SOCK_STREAM, 6, "", (inside, 80))])
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: pytest.fail("it was connected to"))
    with pytest.raises(Unreachable, match="no site of the open internet"):
        Site().page("http://shop.example/")


def test_loopback_is_inside_unless_a_test_says_otherwise(server, shop):
    with pytest.raises(Unreachable):
        read_site(server.at, shop)
    assert server.asked == []


def test_too_big_too_slow_not_there(server, nearby, monkeypatch):
    server.pages["/big"] = page("x" * 3_000_001)
    with pytest.raises(Unreachable, match="bigger than 3 MB"):
        Site().page(f"{server.at}/big")
    with pytest.raises(Unreachable, match=r"answered with an error \(404\)"):
        Site().page(f"{server.at}/nowhere")
    server.pages["/film"] = (200, {"Content-Type": "video/mp4"}, b"x")
    with pytest.raises(Unreachable, match="is no web page"):
        Site().page(f"{server.at}/film")
    monkeypatch.setattr(sites, "MOST_SECONDS", -1)
    with pytest.raises(Unreachable, match="too slow"):
        Site().page(f"{server.at}/big")
    monkeypatch.undo()
    with pytest.raises(Unreachable, match="does not answer"):
        Site().page("http://127.0.0.1:9/")


def read_in_background(run):
    read_brought(run.pk, language="en", at=run.created_at)
    run.refresh_from_db()


def test_through_the_pages(server, nearby, post_to, page_of, shop, the):
    server.pages["/"] = page(jsonld(product(), product("Flan", 3.3), product("Sans prix") | {"offers": None}))
    answer = post_to(WEBSITE, address=server.at)
    run = GoodsImport.objects.get()
    assert answer["Location"].endswith(f"/bring/{run.pk}/")
    assert run.state == "reading"
    assert "It is being read" in text(page_of(f"products/bring/{run.pk}/"))
    read_in_background(run)
    assert run.report["counts"]["new"] == 2
    assert 'value="Sans prix"' in text(page_of(f"products/bring/{run.pk}/"))
    post_to(f"products/bring/{run.pk}/")
    assert the("Flan").price_cents == 330
    with translation.override("fr"):
        read_brought(run.pk, language="fr", at=run.created_at)  # a job that runs twice
    assert Product.objects.count() == 2


def test_an_address_without_its_beginning(post_to, shop):
    post_to(WEBSITE, address="www.example.org/boutique")
    assert GoodsImport.objects.get().name == "https://www.example.org/boutique"


def test_a_site_that_cannot_be_had_says_why(server, nearby, post_to, page_of, shop):
    post_to(WEBSITE, address=f"{server.at}/nowhere")
    run = GoodsImport.objects.get()
    read_in_background(run)
    assert run.state == "failed"
    page_text = text(page_of(f"products/bring/{run.pk}/"))
    assert "answered with an error (404)" in page_text
    assert "Nothing was written" in page_text


def test_a_page_saved_as_a_file(post_to, shop):
    saved = SimpleUploadedFile("boutique.html", page(MICRODATA), content_type="text/html")
    post_to(WEBSITE, file=saved)
    run = GoodsImport.objects.get()
    assert (run.name, run.report["counts"]["new"]) == ("boutique.html", 1)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Write the address of your site, or choose a page"),
        ({"address": "pas une adresse"}, "is no address of a website"),
        ({"address": "ftp://example.org"}, "is no address of a website"),
        ({"address": "http://user:secret@example.org"}, "is no address of a website"),
    ],
)
def test_nonsense(post_to, shop, typed, sentence):
    answer = post_to(WEBSITE, **typed)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not GoodsImport.objects.exists()


def test_rows_are_numbered_as_their_things(shop):
    things = [product("A", 1), product("***", 2), product("B", 3)]
    reading = to_reading(shop, read_page(page(jsonld(*things)), ""))
    assert [one.row for one in reading.incoming] == [1, 3]
