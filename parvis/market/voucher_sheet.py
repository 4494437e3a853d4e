"""The sheet of printed vouchers: A4, eight to a page, to cut; tagged PDF in the town's language."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from parvis.core.documents import pdf
from parvis.core.money import format_money
from parvis.core.qr import qr_svg
from parvis.core.words import say_day
from parvis.market.models import Voucher, VoucherCampaign
from parvis.towns.links import town_url

_XML = 'xmlns="http://www.w3.org/2000/svg"'


def sheet_pdf(campaign: VoucherCampaign, vouchers: Iterable[Voucher], at: datetime) -> bytes:
    """One cheque for each voucher, with its code and what it serves for."""
    town = campaign.town
    with translation.override(town.default_language), timezone.override(town.zone):
        url = town_url(town, "/shops/")
        terms = [
            _("From %(first)s to %(last)s.")
            % {"first": say_day(campaign.first_day), "last": say_day(campaign.last_day)},
            _("For one order.") if campaign.single_use else _("What is left stays for another order."),
        ]
        if campaign.minimum_cents:
            amount = format_money(campaign.minimum_cents, town.currency)
            terms.insert(0, _("From %(amount)s of goods.") % {"amount": amount})
        if names := [shop.name for shop in campaign.shops.all()]:
            some = ", ".join(names[:4])
            terms.append(
                _("In %(shops)s.") % {"shops": some}
                if len(names) <= 4
                else _("In %(shops)s and %(count)s more shops.") % {"shops": some, "count": len(names) - 4}
            )
        data = {
            "town": town.name,
            "name": campaign.name,
            "terms": " ".join(terms),
            "url": url,
            "svg": qr_svg(url).replace("<svg", f"<svg {_XML}", 1),
            "words": {"voucher": _("Voucher"), "code": _("Your code"), "qr": _("QR code of the shared shop")},
            "vouchers": [
                {"code": str(voucher), "value": format_money(voucher.value_cents, town.currency)}
                for voucher in vouchers
            ],
        }
        return pdf("vouchers", title=campaign.name, language=town.default_language, data=data, made_at=at)
