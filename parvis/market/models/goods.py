"""Goods that come in bulk: what was brought and waits, what a bulk change moved, what an EAN stands for."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.market.models.shops import Shop
from parvis.people.models import Person
from parvis.towns.models import TownOwned


class GoodsImport(TownOwned):
    """Goods that a merchant brought: read, shown, then written once or left. The file itself is not kept."""

    class Way(models.TextChoices):
        TABLE = "table", _("a table")
        EANS = "eans", _("a list of EANs")
        PHOTOS = "photos", _("pictures")
        WEBSITE = "website", _("a website")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="imports")
    way = models.CharField(max_length=8, choices=Way.choices)
    name = models.CharField(max_length=200, help_text="of the file, or the address it was read from")
    hide_missing = models.BooleanField(default=False, help_text="goods that the file lacks are hidden")
    rows = models.JSONField(default=list, help_text="what the file says, a product each")
    errors = models.JSONField(default=list, help_text="rows that cannot be used, and why")
    notes = ArrayField(models.CharField(max_length=300), default=list, help_text="what is said of the whole file")
    report = models.JSONField(default=dict, help_text="the difference as it was shown")
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True, help_text="why it cannot be used at all")

    class Meta:
        indexes = [models.Index(fields=["shop", "-created_at"], name="goods_import_newest")]

    def __str__(self) -> str:
        return f"{self.name} {self.created_at}"

    @property
    def state(self) -> str:
        """Where it stands: ``reading``, ``failed``, ``shown`` or ``written``."""
        if self.written_at:
            return "written"
        if self.problem:
            return "failed"
        return "shown" if self.read_at else "reading"


class GoodsChange(TownOwned):
    """What one bulk change moved, product by product, so that it can be undone whole."""

    class Kind(models.TextChoices):
        IMPORT = "import", _("goods brought in")
        TABLE = "table", _("changes in the table")
        PRICES = "prices", _("new prices")
        LIST = "list", _("goods of the trade")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="goods_changes")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    new = ArrayField(models.UUIDField(), default=list, help_text="products that it added")
    moved = models.JSONField(default=dict, help_text="product → before, after, stock_by")
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["shop", "-at"], name="goods_change_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"

    @property
    def count(self) -> int:
        """How many products it touched."""
        return len(self.new) + len(self.moved)


class KnownProduct(models.Model):
    """What an EAN stands for, from the catalogue of the installation: the same for all towns, public facts only."""

    ean = models.CharField(max_length=13, primary_key=True)
    name = models.CharField(max_length=140)
    ingredients = models.TextField(blank=True)
    picture_url = models.URLField(max_length=400, blank=True, help_text="at its source; not shown, not fetched")
    source = models.CharField(max_length=120)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ean__regex=r"^\d{13}$"), name="known_ean_of_13_digits")]

    def __str__(self) -> str:
        return self.name
