"""Numbers as people of three countries type them, and what is no number."""

import pytest

from parvis.core.phones import BadNumber, mobile_of, read_phone


@pytest.mark.parametrize(
    ("text", "country", "e164", "mobile"),
    [
        ("01 23 45 67 89", "FR", "+33123456789", False),
        ("06.12.34.56.78", "FR", "+33612345678", True),
        ("07-12-34-56-78", "FR", "+33712345678", True),
        ("+33 (0)6 12 34 56 78", "FR", "+33612345678", True),
        ("0033612345678", "FR", "+33612345678", True),
        ("(+33) 6 12 34 56 78", "BE", "+33612345678", True),
        ("02 515 61 11", "BE", "+3225156111", False),
        ("0470 00 00 01", "BE", "+32470000001", True),
        ("0470/00.00.01", "BE", "+32470000001", True),
        ("+32 470 00 00 01", "FR", "+32470000001", True),
        ("022 418 20 00", "CH", "+41224182000", False),
        ("079 123 45 67", "CH", "+41791234567", True),
        ("+41\u00a079\u00a0123\u00a045\u00a067", "FR", "+41791234567", True),
    ],
)
def test_numbers_are_read(text, country, e164, mobile):
    phone = read_phone(text, country)
    assert (phone.e164, phone.is_mobile) == (e164, mobile)
    assert read_phone(phone.e164, "FR") == phone
    assert mobile_of(text, country) == (e164 if mobile else "")


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("", "FR"),
        ("12", "FR"),
        ("00 00 00 00 00", "FR"),
        ("01 23 45 67", "FR"),
        ("01 23 45 67 89 / 06 12 34 56 78", "FR"),
        ("01 23 45 67 89 0", "FR"),
        ("123456789", "FR"),
        ("+1 202 555 0100", "FR"),
        ("call me", "FR"),
        ("06 12 34 56 7o", "FR"),
        ("٠٦١٢٣٤٥٦٧٨", "FR"),
        ("0612345678", "BE"),
        ("0400 00 00 01", "BE"),
        ("06 12 34 56 78", "DE"),
        ("+33 6 12 34 56 78;ext=3", "FR"),
    ],
)
def test_nonsense_is_refused(text, country):
    with pytest.raises(BadNumber):
        read_phone(text, country)
    assert mobile_of(text, country) == ""
