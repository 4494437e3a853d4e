"""What keeps search right: every night each row is found by its words of today, and the vocabularies are recounted."""

from collections.abc import Callable, Iterable, Iterator

from parvis.market import search as market_search
from parvis.market.models import Product, Shop
from parvis.places import naming
from parvis.places.models import Place
from parvis.towns import words
from parvis.towns.models import Address, Synonym, Town

BATCH = 500


def _places(town: Town) -> Iterator[str]:
    for place in Place.objects.of(town).only("name", "street", "category", "town").iterator(chunk_size=BATCH):
        place.town = town
        yield from naming.names(place)


def _shops(town: Town) -> Iterator[str]:
    for shop in Shop.objects.filter(town=town, is_open=True).only("name", "trade", "town"):
        shop.town = town
        yield from market_search.shop_names(shop)


def _products(town: Town) -> Iterator[str]:
    on_sale = Product.objects.filter(town=town, hidden=False).only("name", "category")
    for product in on_sale.iterator(chunk_size=BATCH):
        yield product.name
        yield from market_search.shelf_names(product.category, town)


def _streets(town: Town) -> Iterable[str]:
    return Address.objects.filter(town=town).order_by().values_list("street", flat=True).distinct()


def _synonyms(town: Town) -> Iterator[str]:
    for word, means in Synonym.objects.filter(town=town).values_list("word", "means"):
        yield from (word, means)


# Everything in a town that has a name.
NAMES: tuple[Callable[[Town], Iterable[str]], ...] = (_places, _shops, _products, _streets, _synonyms)


def recount(town: Town) -> int:
    """Make the vocabulary that of today's names; returns how many words it has."""
    return words.recount(town, (name for source in NAMES for name in source(town)))


def reindex(town: Town) -> int:
    """Write the vectors that are not those of today's words (a label was translated, trunks are cut otherwise)."""
    written = 0
    places = Place.objects.filter(town=town).iterator(chunk_size=BATCH)
    for batch in _batches(places, BATCH):
        for place in batch:
            place.town = town
        stale = [place for place in batch if _is_stale(place.search, naming.search_vector(place))]
        for place in stale:
            place.index()
        written += Place.objects.bulk_update(stale, ["search", "street"]) if stale else 0
    products = Product.objects.filter(town=town).select_related("shop").iterator(chunk_size=BATCH)
    for lot in _batches(products, BATCH):
        old = []
        for product in lot:
            product.shop.town = town
            vector = market_search.product_vector(product)
            if _is_stale(product.search, vector):
                product.search = vector
                old.append(product)
        written += Product.objects.bulk_update(old, ["search"]) if old else 0
    return written


def _is_stale(stored: object, wanted: str) -> bool:
    """PostgreSQL gives lexemes back in an order of its own."""
    return set(str(stored or "").split()) != set(wanted.split())


def _batches[T](rows: Iterable[T], size: int) -> Iterator[list[T]]:
    batch: list[T] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
