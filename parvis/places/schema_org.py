"""What search engines read in the page of a place: schema.org, as JSON-LD."""

import json
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from parvis.core.time import day_of
from parvis.places.models import Place
from parvis.places.services import SERVICES

# The most particular type of schema.org that is true of each kind; the others are plain ``LocalBusiness`` or ``Place``.
TYPES: dict[str, str] = {
    "bakery": "Bakery",
    "wine": "LiquorStore",
    "supermarket": "GroceryStore",
    "grocery": "GroceryStore",
    "florist": "Florist",
    "bookshop": "BookStore",
    "toys": "ToyStore",
    "hardware": "HardwareStore",
    "household": "HomeGoodsStore",
    "clothing": "ClothingStore",
    "jewellery": "JewelryStore",
    "hairdresser": "HairSalon",
    "beauty": "BeautySalon",
    "optician": "Optician",
    "bicycle": "BikeStore",
    "electronics": "ElectronicsStore",
    "laundry": "DryCleaningOrLaundry",
    "pharmacy": "Pharmacy",
    "restaurant": "Restaurant",
    "fast-food": "FastFoodRestaurant",
    "cafe": "CafeOrCoffeeShop",
    "bar": "BarOrPub",
    "town-hall": "GovernmentOffice",
    "post": "PostOffice",
    "bank": "BankOrCreditUnion",
    "hospital": "Hospital",
    "doctor": "MedicalClinic",
    "dentist": "Dentist",
    "vet": "VeterinaryCare",
    "nursery": "ChildCare",
    "school": "School",
    "college": "CollegeOrUniversity",
    "library": "Library",
    "museum": "Museum",
    "worship": "PlaceOfWorship",
    "sight": "TouristAttraction",
    "hotel": "Hotel",
    "tourist-office": "TouristInformationCenter",
    "park": "Park",
    "playground": "Playground",
    "sport": "SportsActivityLocation",
    "parking": "ParkingFacility",
    "toilets": "PublicToilet",
}
PUBLIC_GROUPS = {"services", "learning", "culture", "outdoors", "practical"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def json_ld(place: Place, at: datetime, url: str, picture_url: str = "") -> SafeString:
    """A ``LocalBusiness`` (a ``Place`` where nobody trades) as text for a ``script`` element.

    The hours are those of the seven days from today, each with its date: true also where a rule knows holidays,
    seasons or closures, which the plain week of schema.org does not.
    """
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": TYPES.get(place.category, "Place" if place.kind.group in PUBLIC_GROUPS else "LocalBusiness"),
        "@id": url,
        "url": url,
        "name": place.name,
        "geo": {"@type": "GeoCoordinates", "latitude": place.lat, "longitude": place.lon},
    }
    if place.address:
        about["address"] = {
            "@type": "PostalAddress",
            "streetAddress": place.address.partition(",")[0],
            "addressLocality": place.town.name,
            "addressCountry": place.town.country,
        }
    known = {
        "description": place.description,
        "telephone": place.phone,
        "email": place.email,
        "sameAs": place.website,
        "image": picture_url,
        "paymentAccepted": ", ".join(str(SERVICES[key].label) for key in place.services if _is_payment(key)),
    }
    about |= {name: value for name, value in known.items() if value}
    if place.hours_read and place.opening_hours:
        about["openingHoursSpecification"] = _hours(place, at)
    return _for_script(about)


def _is_payment(key: str) -> bool:
    return key in SERVICES and SERVICES[key].group == "payment"


def _hours(place: Place, at: datetime) -> list[dict[str, str]]:
    zone = place.town.zone
    rows = []
    for day in place.week(day_of(at, zone)):
        spans = [(f"{start.astimezone(zone):%H:%M}", f"{end.astimezone(zone):%H:%M}") for start, end in day.spans]
        rows += [
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": f"https://schema.org/{DAYS[day.day.weekday()]}",
                "opens": opens,
                "closes": "23:59" if (opens, closes) == ("00:00", "00:00") else closes,
                "validFrom": day.day.isoformat(),
                "validThrough": day.day.isoformat(),
            }
            for opens, closes in spans or [("00:00", "00:00")]
        ]
        if not spans:  # closed all day: opens and closes at the same moment, as schema.org says it
            rows[-1]["closes"] = "00:00"
    return rows


def _for_script(value: Any) -> SafeString:
    """JSON that cannot end its script element, whatever people wrote."""
    text = json.dumps(value, ensure_ascii=False)
    for letter, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(letter, code)
    return mark_safe(text)  # noqa: S308 - the three letters that HTML reads are escaped above
