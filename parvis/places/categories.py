"""What kinds of places the directory knows: one literal table, from OpenStreetMap's tags to our words.

The shops' keys are those of the market's trades, so that a place that joins the market keeps its kind.
``category_of`` takes the first row that fits, so particular rows stand above general ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Category:
    """A label, an icon of the family ``lucide``, the group it is listed in, and the tags that mean it."""

    label: Promise
    icon: str
    group: str
    tags: Mapping[str, frozenset[str]]


GROUPS: dict[str, Promise] = {
    "shops": _("Shops"),
    "food": _("Eating and drinking"),
    "services": _("Public services"),
    "health": _("Health"),
    "learning": _("Learning"),
    "culture": _("Culture and visits"),
    "outdoors": _("Parks and sport"),
    "practical": _("Practical"),
    "trades": _("Trades and offices"),
}
# Things that have no name of their own: on a map they are called what they are.
NAMELESS = frozenset(
    {
        "glass", "composter", "recycling", "drinking-water", "toilets", "charging", "bike-parking", "defibrillator",
        "donation-box", "dog-bags", "book-box", "dog-park", "playground",
    }
)  # fmt: skip
ANY = frozenset({"*"})


def _tags(**keys: str) -> dict[str, frozenset[str]]:
    return {key: frozenset(values.split()) for key, values in keys.items()}


CATEGORIES: dict[str, Category] = {
    "bakery": Category(_("Bakery"), "croissant", "shops", _tags(shop="bakery pastry")),
    "greengrocer": Category(_("Greengrocer"), "apple", "shops", _tags(shop="greengrocer farm")),
    "butcher": Category(_("Butcher"), "beef", "shops", _tags(shop="butcher")),
    "fishmonger": Category(_("Fishmonger"), "fish", "shops", _tags(shop="seafood fishmonger")),
    "cheese": Category(_("Cheese shop"), "milk", "shops", _tags(shop="cheese dairy")),
    "wine": Category(_("Wine merchant"), "wine", "shops", _tags(shop="wine alcohol beverages")),
    "delicatessen": Category(
        _("Delicatessen"), "utensils", "shops", _tags(shop="deli pasta frozen_food food", craft="caterer")
    ),
    "chocolate": Category(_("Chocolate and sweets"), "candy", "shops", _tags(shop="chocolate confectionery")),
    "tea-coffee": Category(_("Tea and coffee"), "coffee", "shops", _tags(shop="tea coffee")),
    "supermarket": Category(_("Supermarket"), "shopping-cart", "shops", _tags(shop="supermarket")),
    "grocery": Category(
        _("Grocery"), "shopping-basket", "shops", _tags(shop="convenience grocery health_food spices organic")
    ),
    "florist": Category(_("Florist"), "flower-2", "shops", _tags(shop="florist garden_centre")),
    "bookshop": Category(_("Bookshop"), "book-open", "shops", _tags(shop="books anime comics")),
    "newsagent": Category(_("Newsagent"), "newspaper", "shops", _tags(shop="kiosk newsagent tobacco stationery")),
    "toys": Category(_("Toys and games"), "puzzle", "shops", _tags(shop="toys games video_games model")),
    "hardware": Category(_("Hardware"), "hammer", "shops", _tags(shop="hardware doityourself paint trade")),
    "household": Category(
        _("Household goods"),
        "lamp",
        "shops",
        _tags(shop="houseware furniture interior_decoration kitchen bed lighting fabric curtain carpet appliance"),
    ),
    "clothing": Category(
        _("Clothing"),
        "shirt",
        "shops",
        _tags(shop="clothes shoes boutique fashion fashion_accessories bag leather sewing tailor baby_goods"),
    ),
    "jewellery": Category(_("Jewellery and watches"), "gem", "shops", _tags(shop="jewelry watches")),
    "hairdresser": Category(_("Hairdresser"), "scissors", "shops", _tags(shop="hairdresser")),
    "beauty": Category(
        _("Beauty and care"), "sparkles", "shops", _tags(shop="beauty cosmetics perfumery massage tattoo")
    ),
    "optician": Category(_("Optician"), "glasses", "health", _tags(shop="optician hearing_aids", craft="optician")),
    "bicycle": Category(
        _("Bicycles"), "bike", "shops", _tags(shop="bicycle", amenity="bicycle_rental bicycle_repair_station")
    ),
    "electronics": Category(
        _("Electronics"), "smartphone", "shops", _tags(shop="electronics mobile_phone computer hifi radiotechnics")
    ),
    "laundry": Category(_("Laundry"), "washing-machine", "shops", _tags(shop="laundry dry_cleaning")),
    "market": Category(_("Market"), "store", "shops", _tags(amenity="marketplace")),
    "pharmacy": Category(
        _("Pharmacy"), "pill", "health", _tags(amenity="pharmacy", shop="chemist", healthcare="pharmacy")
    ),
    "other": Category(_("Other shop"), "shopping-bag", "shops", {"shop": ANY}),
    "restaurant": Category(_("Restaurant"), "utensils-crossed", "food", _tags(amenity="restaurant food_court")),
    "fast-food": Category(_("Quick meals"), "sandwich", "food", _tags(amenity="fast_food ice_cream")),
    "cafe": Category(_("Café"), "coffee", "food", _tags(amenity="cafe")),
    "bar": Category(_("Bar"), "beer", "food", _tags(amenity="bar pub nightclub biergarten")),
    "town-hall": Category(
        _("Town hall and offices"),
        "landmark",
        "services",
        _tags(amenity="townhall courthouse public_building", office="government administrative"),
    ),
    "post": Category(_("Post office"), "mailbox", "services", _tags(amenity="post_office")),
    "bank": Category(_("Bank"), "banknote", "services", _tags(amenity="bank bureau_de_change")),
    "police-fire": Category(_("Police and fire brigade"), "siren", "services", _tags(amenity="police fire_station")),
    "social": Category(
        _("Social centre"),
        "heart-handshake",
        "services",
        _tags(amenity="social_facility social_centre community_centre shelter"),
    ),
    "glass": Category(_("Glass container"), "wine", "practical", _tags(**{"recycling:glass_bottles": "yes"})),
    "composter": Category(_("Composting"), "leaf", "practical", _tags(**{"recycling:organic": "yes"})),
    "hazardous-waste": Category(_("Hazardous waste"), "flask-conical", "practical", {}),
    "recycling": Category(_("Recycling"), "recycle", "practical", _tags(amenity="recycling waste_disposal")),
    "drinking-water": Category(
        _("Drinking water"), "droplets", "practical", _tags(amenity="drinking_water", man_made="water_tap")
    ),
    "toilets": Category(_("Public toilets"), "toilet", "practical", _tags(amenity="toilets")),
    "charging": Category(_("Charging point"), "plug-zap", "practical", _tags(amenity="charging_station")),
    "bike-parking": Category(_("Bicycle parking"), "bike", "practical", _tags(amenity="bicycle_parking")),
    "parking": Category(_("Car park"), "circle-parking", "practical", _tags(amenity="parking")),
    "polling-station": Category(_("Polling station"), "vote", "practical", _tags(amenity="polling_station")),
    "donation-box": Category(_("Donation box"), "gift", "practical", _tags(amenity="give_box")),
    "dog-bags": Category(_("Dog bags"), "bone", "practical", _tags(vending="excrement_bags", waste="dog_excrement")),
    "wifi": Category(_("Internet access"), "wifi", "practical", _tags(amenity="internet_cafe")),
    "hospital": Category(
        _("Hospital and clinic"),
        "hospital",
        "health",
        _tags(amenity="hospital clinic", healthcare="hospital clinic centre"),
    ),
    "defibrillator": Category(_("Defibrillator"), "heart-pulse", "practical", _tags(emergency="defibrillator")),
    "doctor": Category(
        _("Doctors and care"), "stethoscope", "health", _tags(amenity="doctors", healthcare="*", office="physician")
    ),
    "dentist": Category(_("Dentist"), "smile", "health", _tags(amenity="dentist")),
    "vet": Category(_("Vet"), "paw-print", "health", _tags(amenity="veterinary")),
    "nursery": Category(_("Nursery"), "baby", "learning", _tags(amenity="kindergarten childcare")),
    "school": Category(_("School"), "school", "learning", _tags(amenity="school")),
    "college": Category(_("College and university"), "graduation-cap", "learning", _tags(amenity="college university")),
    "classes": Category(
        _("Classes"), "music", "learning", _tags(amenity="music_school language_school driving_school dancing_school")
    ),
    "library": Category(_("Library"), "library", "culture", _tags(amenity="library toy_library archive")),
    "book-box": Category(_("Book box"), "book-marked", "practical", _tags(amenity="public_bookcase")),
    "cinema": Category(
        _("Cinema and theatre"),
        "clapperboard",
        "culture",
        _tags(amenity="cinema theatre arts_centre events_venue concert_hall conference_centre"),
    ),
    "museum": Category(_("Museum and gallery"), "palette", "culture", _tags(tourism="museum gallery zoo aquarium")),
    "worship": Category(_("Place of worship"), "church", "culture", _tags(amenity="place_of_worship")),
    "sight": Category(
        _("Sight"), "camera", "culture", _tags(tourism="attraction viewpoint", historic="monument castle city_gate")
    ),
    "hotel": Category(
        _("Hotel"), "bed", "culture", _tags(tourism="hotel hostel guest_house apartment motel camp_site")
    ),
    "tourist-office": Category(_("Visitor information"), "info", "culture", _tags(tourism="information")),
    "dog-park": Category(_("Dog park"), "dog", "outdoors", _tags(leisure="dog_park")),
    "shared-garden": Category(
        _("Shared garden"), "sprout", "outdoors", _tags(landuse="allotments", **{"garden:type": "community"})
    ),
    "park": Category(_("Park"), "trees", "outdoors", _tags(leisure="park garden nature_reserve", landuse="cemetery")),
    "playground": Category(_("Playground"), "toy-brick", "outdoors", _tags(leisure="playground")),
    "sport": Category(
        _("Sport"),
        "dumbbell",
        "outdoors",
        _tags(leisure="sports_centre fitness_centre stadium swimming_pool water_park ice_rink pitch dance sports_hall"),
    ),
    "leisure": Category(
        _("Leisure"),
        "ferris-wheel",
        "outdoors",
        _tags(leisure="marina escape_game amusement_arcade sauna bowling_alley"),
    ),
    "craft": Category(_("Craftspeople"), "wrench", "trades", {"craft": ANY}),
    "association": Category(
        _("Association"), "users", "trades", _tags(office="association ngo charity foundation union")
    ),
    "office": Category(
        _("Office"),
        "briefcase",
        "trades",
        _tags(office="estate_agent insurance employment_agency lawyer notary architect accountant coworking"),
    ),
}


def category_of(tags: Mapping[str, str]) -> str | None:
    """The key of the first category that an object's tags mean; None when it is no place of the directory.

    What is shut for good, or not there yet, is none.
    """
    if tags.get("shop") in {"no", "vacant"} and len(tags.keys() & _KEYS) == 1:
        return None
    for key, category in CATEGORIES.items():
        for tag, values in category.tags.items():
            value = tags.get(tag, "")
            if value and value not in {"no", "vacant"} and ("*" in values or value in values):
                return key
    return None


_KEYS = {tag for category in CATEGORIES.values() for tag in category.tags}
