"""The yearly report as XML: the OECD's "DPI" schema, in the French profile for French towns.

France: DGFiP, "Cahier des charges DPI-DAC7", schema ``DPIXML_v1.1-fr1.xsd``; tests check order and form by its rules,
and a file was once put through the schema itself. Elsewhere the OECD's "Model Reporting Rules for Digital Platforms:
XML schema", version 1.0, from public descriptions of it, not checked against its XSD. The elements of a person are
those of the OECD's public types and were put through no schema. Amounts are whole units of the currency, as the schema
wants them.
"""

from datetime import datetime
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from parvis.core.money import round_half_up
from parvis.market.dac7 import Seller
from parvis.market.models import Operator, SellerPerson
from parvis.towns.models import Town

FRENCH = {"dpi": "urn:oecd:ties:dpi", "stf": "urn:oecd:ties:dpistf"}
OECD = {"dpi": "urn:oecd:ties:dpi:v1", "stf": "urn:oecd:ties:dpistf:v1"}
NEW, NEW_DATA, NOTHING = "DPI401", "OECD1", "DPI403"
RESIDENT = "RPONEX1"
LEGAL, BUSINESS_ADDRESS = "OECD207", "OECD303"


def report_xml(town: Town, operator: Operator, sellers: list[Seller], *, year: int, at: datetime) -> bytes:
    """The report of a year. ``sellers`` are those that are reported; without any the message says so."""
    return _Report(town, operator, year, at).made(sellers)


class _Report:
    """One message: it knows its namespaces and its references."""

    def __init__(self, town: Town, operator: Operator, year: int, at: datetime) -> None:
        self.town, self.operator, self.year, self.at = town, operator, year, at
        self.french = town.country == "FR"
        self.spaces = FRENCH if self.french else OECD
        siren = operator.registration_number[:9] if self.french else operator.registration_number
        self.tin = operator.tin or siren
        stamp = f"{at:%Y%m%d%H%M%S}"
        self.reference = (
            f"OP_{year}_{siren}_{stamp}" if self.french else f"{town.country}{year}{town.country}-{siren}-{stamp}"
        )

    def made(self, sellers: list[Seller]) -> bytes:
        """Everything, indented."""
        root = Element(self._name("dpi", "DPI_OECD"), {"version": "1.0"})
        self._message(self._add(root, "MessageSpec"), NEW if sellers else NOTHING)
        body = self._add(root, "DPIBody")
        self._operator(self._add(body, "PlatformOperator"))
        for number, seller in enumerate(sellers, 1):
            self._seller(self._add(body, "ReportableSeller"), seller, number)
        indent(root)
        made: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
        return made

    def _name(self, space: str, name: str) -> str:
        return f"{{{self.spaces[space]}}}{name}"

    def _add(self, parent: Element, name: str, text: str = "", space: str = "dpi", **attributes: str) -> Element:
        child = SubElement(parent, self._name(space, name), attributes)
        if text:
            child.text = text
        return child

    def _message(self, spec: Element, indicator: str) -> None:
        for name, text in (
            ("TransmittingCountry", self.town.country),
            ("ReceivingCountry", self.town.country),
            ("MessageType", "DPI"),
            ("MessageRefId", self.reference),
            ("MessageTypeIndic", indicator),
            ("ReportingPeriod", f"{self.year}-12-31"),
            ("Timestamp", f"{self.at:%Y-%m-%dT%H:%M:%S}"),
        ):
            self._add(spec, name, text)

    def _operator(self, parent: Element) -> None:
        operator = self.operator
        self._add(parent, "ResCountryCode", self.town.country)
        self._add(parent, "TIN", self.tin, issuedBy=self.town.country)
        if operator.registration_number:
            self._add(parent, "IN", operator.registration_number, issuedBy=self.town.country, INType="BRN")
        if operator.vat_number:
            self._add(parent, "VAT", operator.vat_number)
        self._add(parent, "Name", operator.name, nameType=LEGAL)
        self._add(parent, "PlatformBusinessName", f"Parvis, {self.town.name}")
        self._address(parent, operator.address)
        self._add(parent, "Nexus", RESIDENT)
        self._add(parent, "AssumedReporting", "false")
        self._doc(parent, "operator")

    def _address(self, parent: Element, address: str) -> None:
        where = self._add(parent, "Address", legalAddressType=BUSINESS_ADDRESS)
        self._add(where, "CountryCode", self.town.country)
        self._add(where, "AddressFree", address or self.town.name)

    def _doc(self, parent: Element, what: str) -> None:
        spec = self._add(parent, "DocSpec")
        self._add(spec, "DocTypeIndic", NEW_DATA, "stf")
        self._add(spec, "DocRefId", f"{self.reference}_{what}", "stf")

    def _seller(self, parent: Element, seller: Seller, number: int) -> None:
        country, business = self.town.country, seller.organisation
        kind, id = ("EntitySeller", "EntSellerID") if seller.person is None else ("IndividualSeller", "IndSellerID")
        standard = self._add(self._add(self._add(parent, "Identity"), kind), "Standard")
        who = self._add(standard, id)
        self._add(who, "ResCountryCode", country)
        if seller.tin:
            self._add(who, "TIN", seller.tin, issuedBy=country)
        else:
            self._add(who, "TIN", "NOTIN", unknown="true")
        if business.registration_number and seller.person is None:
            self._add(who, "IN", business.registration_number, issuedBy=country, INType="BRN")
        if business.vat_number:
            self._add(who, "VAT", business.vat_number)
        if seller.person is None:
            self._add(who, "Name", business.name, nameType=LEGAL)
            self._address(who, seller.address)
        else:
            self._person(who, seller, seller.person)
        if seller.iban:
            account = self._add(standard, "FinancialIdentifier")
            self._add(account, "Identifier", seller.iban, AccountNumberType="IBAN")
            if seller.holder:
                self._add(account, "AccountHolderName", seller.holder)
        goods = self._add(self._add(parent, "RelevantActivities"), "SaleOfGoods")
        self._amounts(goods, "Consideration", "ConsQ", [_units(q.consideration) for q in seller.quarters])
        counted = self._add(goods, "NumberOfActivities")
        for place, quarter in enumerate(seller.quarters, 1):
            self._add(counted, f"NumbQ{place}", str(quarter.activities))
        self._amounts(goods, "Fees", "FeesQ", [_units(q.fees) for q in seller.quarters])
        self._amounts(goods, "Taxes", "TaxesQ" if self.french else "TaxQ", [0, 0, 0, 0])
        self._doc(parent, str(number))

    def _person(self, who: Element, seller: Seller, person: SellerPerson) -> None:
        """Somebody who trades in their own name: name, address, birth."""
        name = self._add(who, "Name", nameType=LEGAL)
        self._add(name, "FirstName", person.first_name)
        self._add(name, "LastName", person.last_name)
        self._address(who, seller.address)
        birth = self._add(who, "BirthInfo")
        self._add(birth, "BirthDate", person.born_on.isoformat())
        if person.born_in:
            place = self._add(birth, "BirthPlace")
            self._add(place, "City", person.born_in)
            self._add(self._add(place, "CountryInfo"), "CountryCode", person.born_country or self.town.country)

    def _amounts(self, parent: Element, group: str, start: str, amounts: list[int]) -> None:
        held = self._add(parent, group)
        for place, amount in enumerate(amounts, 1):
            self._add(held, f"{start}{place}", str(amount), currCode=self.town.currency)


def _units(cents: int) -> int:
    """Whole euros, half up; never below zero."""
    return max(0, round_half_up(Fraction(cents, 100)))
