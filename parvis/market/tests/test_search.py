"""Products and shops answer the same questions as the directory: trunks, synonyms, every language of the town."""

import pytest

from parvis.demo import builders
from parvis.market.actions.products import index_products, save_product
from parvis.market.models import Product
from parvis.market.search import products_answering, shops_answering
from parvis.towns.actions import add_synonym
from parvis.towns.models import Word
from parvis.towns.questions import ask


def found(town, text):
    return [product.name for product in products_answering(town, ask(town, text))]


@pytest.fixture
def goods(shop):
    builders.make_product(shop, "Pain de campagne")
    builders.make_product(shop, "Tartes aux pommes", description="Un dessert qui va avec le pain.")
    builders.make_product(shop, "Chevaux en bois", category="books")
    return shop


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("pain", ["Pain de campagne", "Tartes aux pommes", "Chevaux en bois"][:2]),
        ("pains", ["Pain de campagne", "Tartes aux pommes"]),
        ("tarte pomme", ["Tartes aux pommes"]),
        ("TARTE", ["Tartes aux pommes"]),
        ("cheval", ["Chevaux en bois"]),
        ("bread", ["Pain de campagne", "Tartes aux pommes"]),
        ("dessert", ["Tartes aux pommes"]),
        ("zzz", []),
        ("", []),
    ],
)
def test_products(town, goods, text, names):
    assert found(town, text) == names


def test_a_product_is_found_as_it_is_called_now(town, shop, product, at):
    product.name = "Brioche vendéenne"
    save_product(product=product, at=at)
    assert found(town, "brioches vendeennes") == ["Brioche vendéenne"]
    assert found(town, "campagne") == []
    assert Word.objects.filter(town=town, word="vendeenne").exists()


def test_hidden_goods_closed_shops_and_other_towns_are_not_found(town, other_town, goods):
    assert found(other_town, "pain") == []
    Product.objects.filter(name__startswith="Pain").update(hidden=True)
    assert found(town, "campagne") == []
    goods.is_open = False
    goods.save()
    assert found(town, "pain") == []
    assert shops_answering(town, ask(town, "boulangerie"), 5) == []


def test_shops_by_name_trade_line_and_synonym(town, other_town, shop, at):
    builders.make_shop(town, "La Mie", trade="bakery", tagline="Levain et patience")
    builders.make_shop(town, "Boulangers sans frontières", trade="bookshop", category="bookshop")

    def names(text):
        return [one.name for one in shops_answering(town, ask(town, text), 5)]

    assert names("boulangerie") == ["Boulangerie du Parvis", "La Mie", "Boulangers sans frontières"]
    assert names("bakeries") == ["Boulangerie du Parvis", "La Mie"]
    assert names("levains") == ["La Mie"]
    add_synonym(town=town, word="croustille", means="La Mie", at=at)
    assert names("croustille") == ["La Mie"]
    assert shops_answering(other_town, ask(other_town, "boulangerie"), 5) == []


def test_many_products_are_written_in_few_queries(town, shop, django_assert_max_num_queries):
    Product.objects.bulk_create(
        Product(town=town, shop=shop, slug=f"p{n}", name=f"Pain {n}", category="bread", price_cents=100)
        for n in range(300)
    )
    with django_assert_max_num_queries(12):
        index_products(Product.objects.filter(town=town))
    assert len(found(town, "pains")) == 300
