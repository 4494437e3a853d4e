"""What the gallery page shows: each component with invented words, in every state. Nothing is read but the town."""

from typing import Any

from django import forms
from django.core.paginator import Paginator

from parvis.core import svgmap
from parvis.core.money import format_money
from parvis.towns.models import Town

TONES = ["calm", "go", "wait", "warn", "over", "sun"]


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Your name", max_length=80)
    email = forms.EmailField(label="E-mail", help_text="For the letter that says your order is ready.")
    window = forms.ChoiceField(
        label="When shall we come?",
        choices=[("a", "Thursday 26 November, 17:00–19:00"), ("b", "Friday 27 November, 10:00–12:00")],
        widget=forms.RadioSelect,
    )
    shop = forms.ChoiceField(label="Shop", choices=[("1", "Boulangerie du Parvis"), ("2", "Primeurs de la Place")])
    pieces = forms.IntegerField(
        label="Pieces", min_value=1, max_value=9, initial=2, widget=forms.NumberInput({"data_stepper": True})
    )
    day = forms.DateField(label="Day", required=False, widget=forms.DateInput({"type": "date"}))
    opens = forms.TimeField(label="Opens at", required=False, widget=forms.TimeInput({"type": "time"}))
    days = forms.MultipleChoiceField(
        label="Closed on",
        required=False,
        choices=[("mo", "Monday"), ("su", "Sunday")],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label="A word for the rider", required=False, widget=forms.Textarea({"rows": 3}))
    picture = forms.FileField(label="Picture", required=False)
    agree = forms.BooleanField(label="The shop may replace what is missing")


def _map(town: Town) -> svgmap.TownMap:
    """The town with two invented rounds around its middle."""
    lon, lat = town.lon, town.lat
    loops = [
        [(0, 0), (0.004, 0.003), (0.009, 0.002), (0.011, -0.003), (0.005, -0.004), (0, 0)],
        [(0, 0), (-0.005, 0.003), (-0.010, 0.004), (-0.012, -0.002), (-0.006, -0.003), (0, 0)],
    ]
    lines = [[(lon + x, lat + y) for x, y in loop] for loop in loops]
    stops = [
        svgmap.Marker(*position, title=f"Stop {number} of round {colour}", label=str(number), route=colour)
        for colour, line in enumerate(lines, 1)
        for number, position in enumerate(line[1:-1], 1)
    ]
    hub = svgmap.Marker(lon, lat, title="The hub", label="H", tone="hub", href="#map")
    return svgmap.draw(
        title=f"Two rounds in {town.name}",
        description="Two loops from the hub, four stops each.",
        boundary=town.boundary,
        backdrop=town.backdrop,
        routes=[svgmap.Route(line, colour) for colour, line in enumerate(lines, 1)],
        markers=[*stops, hub],
    )


def gallery_context(town: Town) -> dict[str, Any]:
    """Everything ``portal/gallery.html`` draws."""

    def say(cents: int) -> str:
        return format_money(cents, town.currency)

    form = SampleForm(
        {"name": "", "email": "camille@", "window": "", "shop": "1", "pieces": "40", "note": "Second door on the left."}
    )
    form.is_valid()
    return {
        "tones": TONES,
        "form": SampleForm(auto_id="ok_%s"),
        "wrong_form": form,
        "map": _map(town),
        "page": Paginator(range(60), 20).get_page(2),
        "price": say(320),
        "tabs": [
            {"label": "To answer", "url": "#tabs", "count": 3, "current": True, "icon": "inbox"},
            {"label": "To prepare", "url": "#tabs", "count": 12},
            {"label": "Ready", "url": "#tabs", "count": 0},
        ],
        "pills": [
            {"label": "Everything", "url": "#pills", "current": True},
            {"label": "Bread and pastry", "url": "#pills", "icon": "croissant"},
            {"label": "Fruit and vegetables", "url": "#pills", "icon": "carrot"},
            {"label": "Flowers and plants", "url": "#pills", "icon": "flower-2"},
        ],
        "trail": [{"label": "Shops", "url": "#trail"}, {"label": "Boulangerie du Parvis", "url": "#trail"}],
        "figures": [
            {"label": "orders today", "value": "148", "note": "12 more than last Thursday"},
            {"label": "brought in their window", "value": "97%", "tone": "go"},
            {"label": "bags missing", "value": "2", "tone": "warn", "note": "both from one shop"},
            {"label": "sales", "value": say(486_250)},
        ],
        "steps": [
            {"label": "Order placed", "state": "done", "when": "10:04"},
            {"label": "Accepted by the bakery", "state": "done", "when": "10:09"},
            {"label": "Being prepared", "state": "now", "when": "until 16:00", "note": "The rye loaf is missing."},
            {"label": "At the hub", "state": "next", "when": "about 16:30"},
            {"label": "Brought to you", "state": "next", "when": "17:00–19:00"},
        ],
        "failed_steps": [
            {"label": "On its way", "state": "done", "when": "17:10"},
            {"label": "Nobody opened", "state": "failed", "when": "17:32", "note": "We come again tomorrow."},
        ],
        "columns": [{"label": "Shop"}, {"label": "Orders", "num": True}, {"label": "Sales", "num": True}],
        "table": [
            ["Boulangerie du Parvis", "42", say(61_240)],
            ["Primeurs de la Place", "37", say(88_915)],
            ["Librairie des Quais", "9", say(20_300)],
        ],
        "foot": ["Together", "88", say(170_455)],
        "totals": [
            {"label": "Boulangerie du Parvis", "amount": say(1180)},
            {"label": "Primeurs de la Place", "amount": say(2340)},
            {"label": "By bike", "amount": say(390)},
            {"label": "of which VAT", "amount": say(214), "tone": "quiet"},
        ],
        "total": say(3910),
        "facts": [{"label": "Window", "value": "17:00–19:00"}, {"label": "Bags", "value": "1 of 2"}],
        "goods": [{"quantity": 2, "label": "Tradition"}, {"quantity": 1, "label": "Rye loaf", "note": "sliced"}],
        "to": ["Camille Martin", "12 rue Horace-Vernet"],
    }
