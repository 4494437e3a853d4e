"""Personal data goes when its time is over, and not before; amounts stay."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from parvis.config import retention
from parvis.core.geo import Point
from parvis.core.models import OutboxMessage
from parvis.delivery.models import Delivery
from parvis.demo import builders
from parvis.market.actions import Buyer, place_order
from parvis.market.models import Basket, Line, Order
from parvis.places.actions.claims import ask_claim, refuse_claim
from parvis.places.actions.entries import change_place
from parvis.places.models import Change, Claim, Reminder, Report


def order(town, window, product, at):
    buyer = Buyer(name="Camille", email="c@example.org", phone="06", address="12 rue X", point=Point(2.27, 48.82))
    return place_order(
        town=town,
        basket=builders.make_basket(town, (product, 1)),
        buyer=buyer,
        chosen={product.shop_id: product.shop.modalities.get(kind="bike")},
        window_id=window.pk,
        key="k",
        at=at,
    )


def purge(at):
    return {rule.what: rule.remove(at - rule.keep) for rule in retention.RULES}


def test_nothing_goes_too_early(town, window, product, at):
    order(town, window, product, at)
    OutboxMessage.objects.update(sent_at=at, created_at=at)
    Basket.objects.update(updated_at=at)
    assert set(purge(at + timedelta(days=29)).values()) == {0}


def test_names_go_and_amounts_stay(town, window, product, at):
    order(town, window, product, at)
    OutboxMessage.objects.update(sent_at=at, created_at=at)
    Basket.objects.update(updated_at=at)
    purge(at + timedelta(days=4 * 365))
    kept = Order.objects.get()
    assert (kept.name, kept.email, kept.phone, kept.address) == ("—", "", "", "")
    assert Delivery.objects.get().address == ""
    assert Line.objects.get().cents == 420
    assert not OutboxMessage.objects.exists()
    assert not Basket.objects.exists()
    assert set(purge(at + timedelta(days=4 * 365)).values()) == {0}


def test_a_message_still_to_be_sent_is_kept(town, window, product, at):
    order(town, window, product, at)
    OutboxMessage.objects.update(created_at=at)
    purge(at + timedelta(days=400))
    assert OutboxMessage.objects.exists()


def test_the_table_can_be_read(capsys):
    import argparse

    assert retention.run(argparse.Namespace(list=True)) == 0
    assert "90 days" in capsys.readouterr().out


def test_claims_reports_and_questions_go_after_a_year(town, citizen, agent, at):
    place = builders.make_shop(town).place
    claim = ask_claim(place=place, person=citizen, way="letter", business="B", at=at)
    refuse_claim(claim=claim, reason="No", at=at + timedelta(days=100), by=agent)
    Report.objects.create(town=town, place=place, kind="hours", sender="digest", email="c@example.org", at=at)
    Reminder.objects.create(town=town, place=place, month=at.date().replace(day=1), channel="mail", asked_at=at)
    purge(at + timedelta(days=29))
    assert Report.objects.get().sender == "digest"
    purge(at + timedelta(days=31))
    assert Report.objects.get().sender == ""
    purge(at + timedelta(days=400))
    assert not Report.objects.exists()
    assert not Reminder.objects.exists()
    assert Claim.objects.exists(), "a year after its last step, not its first"
    purge(at + timedelta(days=500))
    assert not Claim.objects.exists()


def test_files_of_imports_that_nobody_applied(town, at):
    from django.core.files.base import ContentFile

    from parvis.places.models import ImportRun

    def bring(days, **extra):
        run = ImportRun(town=town, kind="table", source="x", file_name="x.csv", digest="", **extra)
        run.created_at = at - timedelta(days=days)
        run.file.save("x.csv", ContentFile(b"name"), save=False)
        run.save()
        return run

    old, fresh = bring(31), bring(29)
    applied = bring(31, applied_at=at)
    purge(at)
    assert set(ImportRun.objects.values_list("pk", flat=True)) == {fresh.pk, applied.pk}
    assert not old.file.storage.exists(old.file.name)
    assert fresh.file.storage.exists(fresh.file.name)


def looked_at(client, url):
    answer = client.get(url)
    answer.getvalue()  # read to its end, it is closed
    return answer.status_code


def test_pictures_that_an_entry_showed_before(shop, visit, merchant, other_merchant, agent, at):
    place, day = shop.place, timedelta(days=1)
    names = [default_storage.save(f"places/{n}.webp", ContentFile(b"RIFF")) for n in "ab"]
    for number, name in enumerate(names):
        change_place(place=place, values={"picture": name}, origin="shop", at=at + number * day, by=merchant)
    old, now = (f"/media/{name}" for name in names)
    assert [looked_at(visit(), url) for url in (old, now)] == [404, 200]
    assert [looked_at(visit(who), old) for who in (other_merchant, merchant, agent)] == [404, 200, 200]
    assert retention._replaced_pictures(at) == 0
    assert retention._replaced_pictures(at + 2 * day) == 1
    assert Change.objects.latest("at").before == {"picture": ""}
    place.refresh_from_db()
    assert place.picture.name == names[1]


def test_the_address_of_a_voucher_goes_a_year_after_its_last_day(town, at):
    from uuid import uuid4

    from parvis.market.actions.vouchers import issue_vouchers
    from parvis.market.models import VoucherCampaign

    day = at.date()
    campaign = VoucherCampaign.objects.create(town=town, name="B", value_cents=1000, first_day=day, last_day=day)
    (voucher,) = issue_vouchers(campaign=campaign, emails=["n@example.org"], batch=uuid4(), at=at)
    what = "to whom vouchers were sent, after their last day"
    assert purge(at + timedelta(days=364))[what] == 0
    assert purge(at + timedelta(days=367))[what] == 1
    voucher.refresh_from_db()
    assert voucher.email == ""
