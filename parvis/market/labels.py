"""What stands on a bag: the words of a label, its QR code, and the same label as a PDF."""

from dataclasses import dataclass

from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from parvis.core.documents import pdf
from parvis.core.qr import qr_svg
from parvis.core.words import say_day, say_span, say_weight
from parvis.market.models import Modality, Product, Shop
from parvis.market.worklist import Job

_XML = 'xmlns="http://www.w3.org/2000/svg"'


@dataclass(frozen=True, slots=True)
class Label:
    """One bag: ``code`` is what is scanned and read aloud, ``position`` is "1/1"."""

    code: str
    shop: str
    order: str
    name: str
    way: str
    window: str
    weight: str
    position: str
    address: str = ""
    note: str = ""
    cold: str = ""  # ``Keep cool``, where something in the bag needs it

    @property
    def svg(self) -> SafeString:
        """The QR drawing of the code, to stand inside a page."""
        return qr_svg(self.code)


def labels_of(job: Job, shop: Shop) -> list[Label]:
    """The labels of one part: one for each bag, at least one."""
    part, order = job.part, job.part.order
    delivery = order.delivery if part.kind == Modality.Kind.BIKE else None
    window = ""
    if delivery is not None:
        starts, ends = delivery.window.starts_at, delivery.window.ends_at
        window = f"{say_day(starts)}, {say_span(starts, ends)}"
    to_a_door = part.kind in {Modality.Kind.SHOP, Modality.Kind.POST}
    codes = [(bag.code, bag.grams) for bag in job.bags] or [(order.code, job.grams)]
    return [
        Label(
            code=code,
            shop=shop.name,
            order=order.code,
            name=order.name,
            way=job.leaves.capitalize(),
            window=window or ("" if part.kind == Modality.Kind.POST else job.due),
            weight=say_weight(grams),
            position=f"{number}/{len(codes)}",
            address=order.address if to_a_door else "",
            note=order.note if to_a_door else "",
            cold=_cold(job),
        )
        for number, (code, grams) in enumerate(codes, start=1)
    ]


def _cold(job: Job) -> str:
    """The coldest that something really in the bag needs, in words; nothing where nothing does."""
    order = list(Product.Temperature.values)
    inside = [line.temperature for line in job.part.lines.all() if line.billed_quantity]
    coldest = max(inside, key=order.index, default=order[0])
    return "" if coldest == order[0] else str(Product.Temperature(coldest).label)


def labels_pdf(labels: list[Label]) -> bytes:
    """The same labels as a tagged A6 PDF, one page each."""
    words = {"order": _("Order"), "for": _("For"), "weight": _("Weight"), "way": _("Way"), "bag": _("Bag")}
    return pdf(
        "label",
        title=_("Label of order %(code)s") % {"code": labels[0].order},
        language=(translation.get_language() or "fr")[:2],
        made_at=timezone.now(),
        data={
            "words": words,
            "qr_alt": _("QR code of the bag"),
            "labels": [
                {
                    "code": label.code,
                    "svg": label.svg.replace("<svg", f"<svg {_XML}", 1),
                    "shop": label.shop,
                    "order": label.order,
                    "name": label.name,
                    "way": label.way,
                    "window": label.window,
                    "weight": f"{label.weight} · {label.cold}" if label.cold else label.weight,
                    "position": label.position,
                    "address": label.address,
                    "note": label.note,
                }
                for label in labels
            ],
        },
    )
