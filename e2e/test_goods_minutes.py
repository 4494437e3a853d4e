"""From an empty shop to twenty products on sale, on a telephone: taps and typed boxes are counted and timed.

The count of record stands in ``docs/goods.md``.
"""

from playwright.sync_api import expect

from e2e.conftest import Town
from e2e.test_merchant_entry import Hand

SHOP = "le-petit-petrin"  # new in the demonstration, with nothing on its shelves
GOODS = 20
MOST_SECONDS = 180


def test_twenty_goods_from_the_list_of_the_trade(issy: Town) -> None:
    """The quickest way: a price beside a name is all there is to type."""
    page = issy.open("newcomer")
    page.goto(f"/merchant/{SHOP}/products/")
    hand = Hand(page)
    hand.tap(page.get_by_role("link", name="Start from the list of your trade"))
    boxes = page.locator("input[name^='price-']")
    expect(boxes.nth(GOODS)).to_be_attached()
    for number in range(GOODS):
        hand.fill(boxes.nth(number), f"{2 + number % 5},{number % 10}0")
    hand.tap(page.get_by_role("button", name="Put them on sale"))
    expect(page.get_by_role("status").first).to_contain_text(f"{GOODS} products are on sale")

    seconds = hand.seconds_of_a_person + hand.seconds_of_the_pages
    print(f"\n{hand.taps} taps, {hand.boxes} boxes typed for {GOODS} products: {hand.seconds_of_a_person:.0f} s of a "
          f"person, {hand.seconds_of_the_pages:.1f} s of pages and script")  # fmt: skip
    assert (hand.taps, hand.boxes) == (2, GOODS)
    assert seconds < MOST_SECONDS

    anybody = issy.open()
    anybody.goto(f"/shops/{SHOP}/")
    expect(anybody.locator("main .card--product, main .card").filter(has_text="€")).to_have_count(GOODS)

    hand.tap(page.get_by_role("button", name="Undo"))
    expect(page.get_by_role("status").first).to_contain_text("Undone")
    anybody.reload()
    expect(anybody.locator("main .card--product, main .card").filter(has_text="€")).to_have_count(0)


def test_twenty_goods_from_a_table_without_javascript(issy: Town) -> None:
    """A list of one's own: one file, the difference, one button."""
    page = issy.open("newcomer", javascript=False)
    page.goto(f"/merchant/{SHOP}/products/bring/")
    hand = Hand(page)
    hand.tap(page.get_by_role("link", name="From a table"))
    rows = "".join(f"Pain de la maison n° {n};{n},50 €\n" for n in range(1, GOODS + 1))
    hand.taps += 2  # the telephone's own page of files
    file = {"name": "prix.csv", "mimeType": "text/csv", "buffer": ("Nom;Prix\n" + rows).encode()}
    page.get_by_label("Your file").set_input_files(file)
    hand.tap(page.get_by_role("button", name="Look at the difference"))
    expect(page.locator("main")).to_contain_text("Pain de la maison n° 1")
    hand.tap(page.get_by_role("button", name="Write this"))
    expect(page.get_by_role("status").first).to_contain_text(f"{GOODS} products are written")
    print(f"\n{hand.taps} taps, {hand.boxes} boxes typed for {GOODS} products from a file")
    assert (hand.taps, hand.boxes) == (5, 0)
    page.goto(f"/merchant/{SHOP}/products/")
    page.get_by_role("button", name="Undo").click()
