"""Which month a page of money shows."""

from datetime import date


def asked_month(text: str, this_month: date) -> date:
    """The first day of the asked month (``2026-11``); this month for nonsense and for what is to come."""
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return this_month
    return min(max(asked, date(2020, 1, 1)), this_month)
