"""Accounts, the organisations that people speak for, and their roles in a town."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.core.ids import new_id
from parvis.people.iban import masked
from parvis.towns.models import Town, TownOwned


class PersonManager(BaseUserManager["Person"]):
    """Accounts are found by e-mail, in small letters."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "Person":
        """Make an account; without ``password`` the person enters by a code sent to their mail."""
        person = self.model(email=self.normalize_email(email).lower(), **extra)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """One account on the installation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    language = models.CharField(max_length=2, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = PersonManager()

    def __str__(self) -> str:
        return self.name or self.email.partition("@")[0]


class Organisation(TownOwned):
    """A shop's business, the town hall, the riders' cooperative."""

    name = models.CharField(max_length=160)
    registration_number = models.CharField(max_length=20, blank=True, help_text="SIRET, BCE or IDE")
    vat_number = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)

    def __str__(self) -> str:
        return self.name


class BankAccount(TownOwned):
    """Where an organisation is paid; a new one takes the place of the former, which is kept for a while."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="bank_accounts")
    holder = models.CharField(_("account holder"), max_length=140)
    iban = models.CharField(max_length=34)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(replaced_at=None), name="one_account_an_organisation"
            )
        ]

    def __str__(self) -> str:
        return masked(self.iban)


class RoleQuerySet(models.QuerySet["Role"]):
    """Questions about who may do what."""

    def of(self, person: Any, town: Town) -> "RoleQuerySet":
        """The roles of one person in one town."""
        return self.filter(town=town, person_id=person.pk) if person.is_authenticated else self.none()


class Role(TownOwned):
    """What a person may do in a town; a merchant's role names the organisation."""

    class Kind(models.TextChoices):
        AGENT = "agent", _("town agent")
        DISPATCHER = "dispatcher", _("dispatcher")
        HUB = "hub", _("hub staff")
        RIDER = "rider", _("rider")
        MERCHANT = "merchant", _("merchant")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="roles"
    )

    objects = RoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["town", "person", "kind", "organisation"], name="role_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=~Q(kind="merchant") | Q(organisation__isnull=False),
                name="merchant_has_organisation",
            ),
        ]
        indexes = [models.Index(fields=["person", "town"], name="role_of_person")]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_kind_display()}"
