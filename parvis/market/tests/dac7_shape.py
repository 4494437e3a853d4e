"""What the French schema of the sellers' report asks of the elements we write: their order, how often, their form.

Facts read from the DGFiP's ``DPIXML_v1.1-fr1.xsd`` (November 2025), for the elements of a shop that is a business; the
schema itself is the administration's and is not kept here. Order matters: it is a sequence everywhere.
"""

import re
from datetime import date, datetime
from xml.etree.ElementTree import Element

from parvis.market.dac7_xml import FRENCH

_PARTY = ["ResCountryCode", "TIN", "IN?", "VAT?", "Name", "Address"]
_QUARTERS = {group: [f"{start}Q{n}" for n in range(1, 5)] for group, start in (
    ("Consideration", "Cons"), ("NumberOfActivities", "Numb"), ("Fees", "Fees"), ("Taxes", "Taxes"),
)}  # fmt: skip
CHILDREN: dict[str, list[str]] = {
    "DPI_OECD": ["MessageSpec", "DPIBody"],
    "MessageSpec": [
        "TransmittingCountry", "ReceivingCountry", "MessageType", "MessageRefId", "MessageTypeIndic", "ReportingPeriod",
        "Timestamp",
    ],
    "DPIBody": ["PlatformOperator", "OtherPlatformOperators?", "ReportableSeller*"],
    "PlatformOperator": [
        "ResCountryCode", "TIN", "IN?", "VAT?", "Name", "PlatformBusinessName", "Address", "Nexus", "AssumedReporting",
        "DocSpec",
    ],
    "ReportableSeller": ["Identity", "RelevantActivities", "DocSpec"],
    "Identity": ["EntitySeller?", "IndividualSeller?"],
    "EntitySeller": ["Standard"],
    "IndividualSeller": ["Standard"],
    "Standard": ["EntSellerID?", "IndSellerID?", "FinancialIdentifier*", "PermanentEstablishments?"],
    "EntSellerID": _PARTY,
    "IndSellerID": ["ResCountryCode", "TIN", "VAT?", "Name", "Address", "BirthInfo"],
    "NamePerson": ["FirstName", "LastName"],
    "BirthInfo": ["BirthDate", "BirthPlace?"],
    "BirthPlace": ["City", "CountryInfo"],
    "CountryInfo": ["CountryCode"],
    "FinancialIdentifier": ["Identifier", "AccountHolderName?", "OtherInfo?"],
    "RelevantActivities": ["SaleOfGoods"],
    "SaleOfGoods": ["Consideration", "NumberOfActivities", "Fees", "Taxes"],
    "Address": ["CountryCode", "AddressFree"],
    "DocSpec": ["DocTypeIndic", "DocRefId", "CorrDocRefId?"],
    **_QUARTERS,
}  # fmt: skip
_WHOLE = re.compile(r"\d+")
_REFERENCE = re.compile(r"[\da-zA-Z+\-.:=_]{1,200}")


def faults(root: Element) -> list[str]:
    """What the schema would say of a report, a sentence each; empty when it accepts it."""
    return list(_faults(root))


def _faults(element: Element):
    name = _plain(element)
    expected = "stf" if name in {"DocTypeIndic", "DocRefId"} else "dpi"
    if not str(element.tag).startswith(f"{{{FRENCH[expected]}}}"):
        yield f"{name} is in another namespace"
    if name == "Name" and len(element):
        name = "NamePerson"
    if name in CHILDREN:
        words = "".join(f"<{_plain(child)}>" for child in element)
        wanted = "".join(
            f"(<{part.rstrip('?*')}>){part[-1]}" if part[-1] in "?*" else f"<{part}>" for part in CHILDREN[name]
        )
        if not re.fullmatch(wanted, words):
            yield f"{name} holds {words}"
        for child in element:
            yield from _faults(child)
    else:
        yield from _wrong_text(name, element)


def _plain(element: Element) -> str:
    return str(element.tag).split("}")[1]


def _wrong_text(name: str, element: Element):
    text = element.text or ""
    if not text.strip() or len(text) > 200:
        yield f"{name} is empty or too long"
    elif re.fullmatch(r"(Cons|Fees|Taxes)Q[1-4]", name):
        if not _WHOLE.fullmatch(text) or len(element.get("currCode", "")) != 3:
            yield f"{name} is no whole amount of a currency: {text}"
    elif re.fullmatch(r"NumbQ[1-4]", name) and not _WHOLE.fullmatch(text):
        yield f"{name} is no number: {text}"
    elif name == "DocRefId" and not _REFERENCE.fullmatch(text):
        yield f"{name} has a sign that is not allowed: {text}"
    elif name in {"ReportingPeriod", "BirthDate"}:
        yield from _unless(name, text, date.fromisoformat)
    elif name == "Timestamp":
        yield from _unless(name, text, datetime.fromisoformat)
    elif name == "AssumedReporting" and text not in {"true", "false"}:
        yield f"{name} is neither true nor false"
    elif name in {"TransmittingCountry", "ReceivingCountry"} and text != "FR":
        yield f"{name} is not France"


def _unless(name, text, read):
    try:
        read(text)
    except ValueError:
        yield f"{name} cannot be read: {text}"
