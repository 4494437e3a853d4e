"""Hours as French people write them: read by hand beside the value, and what must stay unread."""

import json
import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from parvis.places.french import read_hours
from parvis.places.hours import day_spans, is_readable

PARIS = ZoneInfo("Europe/Paris")
# Sentences of a town's old portal (the hours alone, nobody's name) and of its pages on parks and waste, each read by
# hand. Typing mistakes are theirs.
READ = {
    "Ouvert du lundi au vendredi de 8h à 12h et de 13h30 et 18h30": "Mo-Fr 08:00-12:00,13:30-18:30",
    "Ouvert 7j/7 du lundi au samedi de 6h30 à 21h30 et le dimanche de 8h45 à 19h.": (
        "Mo-Sa 06:30-21:30; Su 08:45-19:00"
    ),
    "Ouvert du lundi au vendredi de 8h à 19h30. Le samedi de 9h à 12h30 et de 15h à 19h30": (
        "Mo-Fr 08:00-19:30; Sa 09:00-12:30,15:00-19:30"
    ),
    "Ouvert de 9h à 19h du lundi au vendredi": "Mo-Fr 09:00-19:00",
    "Ouverture du lundi au vendredi de 8h à 12h et de 13h30 à 18h (fermeture à 17h le vendredi.)": (
        "Mo-Th 08:00-12:00,13:30-18:00; Fr 08:00-12:00,13:30-17:00"
    ),
    "Ouvert du lundi au samedi de 10h à 19h30 (jusqu'à 19h le lundi)": "Mo 10:00-19:00; Tu-Sa 10:00-19:30",
    "Ouvert du mardi au samedi de 10h à 13h45 et de 15h à 19h (dès 9h45 le samedi)": (
        "Tu-Fr 10:00-13:45,15:00-19:00; Sa 09:45-13:45,15:00-19:00"
    ),
    "Ouvert du mardi au samedi de 10h à 19h sauf le jeudi de 12h à 20h.": "Tu-We,Fr-Sa 10:00-19:00; Th 12:00-20:00",
    "Ouvert du mardi au jeudi de 10h à 19h30, et le vendredi et samedi de 9h30 à 19": (
        "Tu-Th 10:00-19:30; Fr-Sa 09:30-19:00"
    ),
    "Ouvert mardi et mercredi de 9h30 à 12h et de 14h à 18h, jeudi vendredi et samedi de 9h30 à 18h30.": (
        "Tu-We 09:30-12:00,14:00-18:00; Th-Sa 09:30-18:30"
    ),
    "Ouvrete du lundi au samedi de 5h30 à 22h et le dimanche de 8h à 20h": "Mo-Sa 05:30-22:00; Su 08:00-20:00",
    "Ouert du lundi au vendredi de 9h à 12h et de 14h à 18h sur rdv.": (
        'Mo-Fr 09:00-12:00,14:00-18:00 open "sur rendez-vous"'
    ),
    "Ouvert tous les jours de 8h à 13h30 et de 15h30 à 20h30, ainsi que le dimanche de 9h30 à 14h.": (
        "Mo-Sa 08:00-13:30,15:30-20:30; Su 09:30-14:00"
    ),
    "Fermeture hebdomadaire : lundi. Ouvert du mardi au dimanche de 7h à 20h.": "Tu-Su 07:00-20:00",
    "Ouvert tous les jours de 12h à 14h30 et de 19h30 à 23h, sauf vendredi soir et samedi midi": (
        "Mo-Th,Su 12:00-14:30,19:30-23:00; Fr 12:00-14:30; Sa 19:30-23:00"
    ),
    "Ouvert 7j/7 de 11h à 15h et de 18h à 23": "Mo-Su 11:00-15:00,18:00-23:00",
    "Ouvert du lundi après-midi au samedi de 9h30 à 12h30 et de 14h à 19h": (
        "Mo 14:00-19:00; Tu-Sa 09:30-12:30,14:00-19:00"
    ),
    "Libre-service 24h/24, 7j/7": "24/7",
    "Ouverture du mardi au samedi de 10h à 12h30 et de15h à 19h30": "Tu-Sa 10:00-12:30,15:00-19:30",
    "Ouvert 7jr/7 de 6h30 à 2h du matin": "Mo-Su 06:30-02:00",
    "Ouvert 7j/7 sauf le dimanche midi de 11h à 15h et de 18h à 23h": "Mo-Sa 11:00-15:00,18:00-23:00; Su 18:00-23:00",
    "Ouvert du lundi au dimanche de 7h30 à 1h, le vendredi et le samedi jusqu'à 2h": (
        "Mo-Th,Su 07:30-01:00; Fr-Sa 07:30-02:00"
    ),
    "Ouvert du lundi au vendredi de 7h à 17h ( 16h le vendredi)": "Mo-Th 07:00-17:00; Fr 07:00-16:00",
    "Ouvert 7j/7 de 12h à 14h30 et de 19h à 22h30, 23h les week-ends": (
        "Mo-Fr 12:00-14:30,19:00-22:30; Sa-Su 12:00-14:30,19:00-23:00"
    ),
    "Ouvert du mrdi au samedi de 10h à 14h et de 15h à 19h": "Tu-Sa 10:00-14:00,15:00-19:00",
    "Ouvert du lundi au samedi de 7h30 (8h30 le samedi) à 20h.": "Mo-Fr 07:30-20:00; Sa 08:30-20:00",
    "Du lundi au vendredi de 9h30 à 14h et de 16h à 20h30, etle samedi de 9h à 13h. Nocturne le jeudi jusqu'à 21h30.": (
        "Mo-We,Fr 09:30-14:00,16:00-20:30; Th 09:30-14:00,16:00-21:30; Sa 09:00-13:00"
    ),
    "Ouvert du mardi au samedi de 9h à 19h, le jeudi de 11h à 21h": "Tu-We,Fr-Sa 09:00-19:00; Th 11:00-21:00",
    "Ouvert du lundi de 13h à 20h,et du mardi au samedi de 10h à 20h": "Mo 13:00-20:00; Tu-Sa 10:00-20:00",
    "Ouvert du lundi au samedi de 8h à 18h et jusqu'à 15h le samedi": "Mo-Fr 08:00-18:00; Sa 08:00-15:00",
    "Ouvvert 7j/7de 11h30 à 14h30 et de 18h30 à 23h": "Mo-Su 11:30-14:30,18:30-23:00",
    "Ouvert du dimanche au jeudi de 11h à 15h et de 18h30 à 23h": "Mo-Th,Su 11:00-15:00,18:30-23:00",
    "Ouvert tous les jours de midi à 14h15 et de 19h30 à 22h30 sauf le samedi midi.": (
        "Mo-Fr,Su 12:00-14:15,19:30-22:30; Sa 19:30-22:30"
    ),
    "Ouvert 7j/7 de 7h à midi et de 18h30 à minuit.": "Mo-Su 07:00-12:00,18:30-24:00",
    "Ouvert ud lundi au samedi de 11h30 à 15h et de 18h30 à minut.": "Mo-Sa 11:30-15:00,18:30-24:00",
    "Ouvert de 7h à 13h30 et de 15h30 à 20h. Fermeture hebdomadaire : dimanche après-midi - lundi": (
        "Tu-Sa 07:00-13:30,15:30-20:00; Su 07:00-13:30"
    ),
    "Ouvert du mardi au dimanche midi de 10h30 à 14h30 et de 19h à 22h.": (
        "Tu-Sa 10:30-14:30,19:00-22:00; Su 10:30-14:30"
    ),
    "Fermeture hebdo. : samedi après-midi et dimanche. Ouvert de 7h à 13h30 (13h le samedi) et de 15h30 à 19h45.": (
        "Mo-Fr 07:00-13:30,15:30-19:45; Sa 07:00-13:00"
    ),
    "Fermeture hebdomadaire : jeudi Ouvert de 7h à 20h30 (19h30 le WE)": "Mo-We,Fr 07:00-20:30; Sa-Su 07:00-19:30",
    "Ouvert de 11h à 17h mercredi, jeudi. et vendredi. Samedi et dimanche de 14h à 18h.": (
        "We-Fr 11:00-17:00; Sa-Su 14:00-18:00"
    ),
    "Ouvert du mardi au samedi de 9h30 à 12h30 et de 15h30 à19h (sauf vendredi matin) et le dimanche de 9h30 à 12h.": (
        "Tu-Th,Sa 09:30-12:30,15:30-19:00; Fr 15:30-19:00; Su 09:30-12:00"
    ),
    "Ouvert du mardi au dimanche de 9h à 13h et de 15h30 à 20h (jusqu'à 13h le dimanche)": (
        "Tu-Sa 09:00-13:00,15:30-20:00; Su 09:00-13:00"
    ),
    "Ouvert tous les jours de 11h30 à 15h et de 19h à 23h. Fermé les samedis et dimanches.": (
        "Mo-Fr 11:30-15:00,19:00-23:00"
    ),
    "Ouvert du lundi au samedi de 8h à 21h, dimanche et jours fériés de 9h à 20h30": (
        "Mo-Sa 08:00-21:00; Su,PH 09:00-20:30"
    ),
    "Ouvert du lundi au vendredi de 8h30 à 12h et de 14h à 18h30 (dès 8h le lundi), et le samedi de 8h30 à 12h.": (
        "Mo 08:00-12:00,14:00-18:30; Tu-Fr 08:30-12:00,14:00-18:30; Sa 08:30-12:00"
    ),
    "Horaires d?ouverture : les lundis, mardis et vendredis, de 8h30 à 18h, les samedis matin, de 8h30 à 12h": (
        "Mo-Tu,Fr 08:30-18:00; Sa 08:30-12:00"
    ),
    "Horaires : Mardi, jeudi : 15h30 - 18h30 Mercredi et samedi : 10h - 12h30 et 14h30 - 18h30 Dimanche : 10h - 12h": (
        "Tu,Th 15:30-18:30; We,Sa 10:00-12:30,14:30-18:30; Su 10:00-12:00"
    ),
    "Horaires : le lundi et vendredi de 8h30 à 18h30, du mardi au jeudi de 8h30 à 12h. Fermé au mois d?août.": (
        "Mo,Fr 08:30-18:30; Tu-Th 08:30-12:00; Aug off"
    ),
    "Du mercredi au vendredi de 11h à 17h. Samedi et dimanche de 14h à 18h. "
    "Ouvert en juillet du mercredi au dimanche de 13h à 18h. Fermeture en août.": (
        "We-Fr 11:00-17:00; Sa-Su 14:00-18:00; Jul We-Su 13:00-18:00; Aug off"
    ),
    "Ouvert du 1er septembre au 30 avril de 8h à 19h30 et du 1er mai au 31 août de 8h à 21h.": (
        "Sep 01-Apr 30 08:00-19:30; May 01-Aug 31 08:00-21:00"
    ),
    "Ouvert au public d?avril à septembre de 7h30 à 20h, d'octobre à mars de 7h30 à 19h.": (
        "Apr-Sep 07:30-20:00; Oct-Mar 07:30-19:00"
    ),
    "Ouvert en avril et en septembre de 7h30 à 19h, d?octobre à mars inclus de 9h à 19h, "
    "de mai à août inclus de 9h à 20h30.": "Apr,Sep 07:30-19:00; Oct-Mar 09:00-19:00; May-Aug 09:00-20:30",
    "Ouvert : ? du 1er mai au 30 septembre : du lundi au samedi de 7h à 20h, le dimanche et jours fériés de 9h à 20h. "
    "? du 1er octobre au 30 avril : du lundi au samedi de 7h à 19h, le dimanche et jours fériés de 9h à 19h.": (
        "May 01-Sep 30 Mo-Sa 07:00-20:00; May 01-Sep 30 Su,PH 09:00-20:00; "
        "Oct 01-Apr 30 Mo-Sa 07:00-19:00; Oct 01-Apr 30 Su,PH 09:00-19:00"
    ),
    "Horaires :- du 16 mars au 4 novembre de 8h à 18h, du 5 novembre au 15 mars de 8h à 17h30.": (
        "Mar 16-Nov 04 08:00-18:00; Nov 05-Mar 15 08:00-17:30"
    ),
    "Ouvert au public de 8h à 19h, tous les jours, y compris les week-ends et les jours fériés.": (
        "Mo-Su,PH 08:00-19:00"
    ),
    "chaque 4e jeudi du mois de 9h à 12h": "Th[4] 09:00-12:00",
    "chaque 1er et 4e samedi du mois de 9h à 12h": "Sa[1,4] 09:00-12:00",
    "le 2e et 3e jeudi du mois de 15h30 à 18h30": "Th[2,3] 15:30-18:30",
    "mai, juin, juillet, août de 7h30 à 20h30 ; avril et septembre de 7h30 à 19h30 ; "
    "octobre, novembre, décembre, janvier, février, mars de 7h30 à 18h30.": (
        "May,Jun,Jul,Aug 07:30-20:30; Apr,Sep 07:30-19:30; Oct,Nov,Dec,Jan,Feb,Mar 07:30-18:30"
    ),
    "Ouvert le lundi d 14h à 19h et du mardi au samedi de 9h30 à 18h": "Mo 14:00-19:00; Tu-Sa 09:30-18:00",
    "Ouvert tous les jours de 7h à 22h et le dimanche dès 9h": "Mo-Sa 07:00-22:00; Su 09:00-22:00",
    "Du lundi au vendredi, de 8h 45 à 12h et de 13h30 à 16h15": "Mo-Fr 08:45-12:00,13:30-16:15",
}
# The same, where people could mean two things, or say too little.
UNREAD = [
    "Ouvert du lundi au samedi de 9h30 à 12h30 et de 4h à 19h",  # 14h?
    "Ouvert 6j/7 de 11h à 15h et de 18h30 à 22h30",  # which six?
    "Ouvert du lundi au samedi jusqu'à 22h.",  # since when?
    "Ouvert de 7h à 20h",  # which days?
    "Ouvert de 9h à 2h du matin.",
    "Ouvert du lundi au samedi matin de 9h à 19h",
    "Ouvert 7j/7 de 19h à 23h et le dimanche de 12h à 15h pour le service.",  # also, or instead?
    "Ouvert du lundi au samedi de 10h à 19h sauf le lundi matin",  # from when on Monday?
    "Ouvert de 7j/7 de 12h à 14h30 et de 19h à 23h, le samedi de 19h à 23h30 et le dimanche jusqu'à 22h30",
    "Ouvert 7j/7 sauf samedi et dimanche soir de 12h à 14h30 et de 16h à 22h30.",  # Saturday, or its evening?
    "Fermeture hebdomadaire : samedi-dimanche. Ouvert de h30 à 20h",
    "Ouvert du mardi au samedi de 9h à 20h sauf les lundis de 9h à 20h",
    "Ouvert toute la semaine de 8h à 20h30",
    "Ouvert 7j/7",
    "Fermé le lundi toute la journée et le dimanche midi.",
    "Permanence téléphonique du lundi au vendredi de 9h30 à 18h30.",
    "Livraisons uniquement le mercredi, samedi dimanche et jours féries de 7h à 12h",
    "Ouvert 7j/7. Bureau ouvert de 9h30 à 17h30",
    "Espace bar ouvert du lundi au samedi de 9h à 20h. Espace primeur ouvert du mardi au samedi de 8h à 20h.",
    "Mardi : 13h - 21h (19h aux Chartreux) Mercredi : 10h - 19h",
    "du lundi au vendredi de 9h à 20h, le samedi de 9h à 18h, sauf vacances scolaires.",
    "Ouvert en avril et en septembre de 7h30 à 20h, d'octobre à mars de 7h30 à 19h.",  # and in May?
    "Ouvert de 9h à 20h30 de mai à août, de 9h à 19h30 d'avril à septembre et de 9h à 18h30 d'octobre à mars.",
    "janvier 8h à 17h ; février 8h à 18h ; mars* 7h30 à 19h",
    "Les dimanches en dates impaires à 10h30",
    "le mardi mercredi mercredi jeudi et vendredi de 8h30 à 13h30",
    "Ouvert du lundi au vendredi de 9h à 7h",
    "Ouvert du lundi au samedi de 10h à 20h, dimanches de décembre de 10h à 18h",
    "Ouvert tous les mercredis de 12h à 18h pendant les périodes d'expositions",
    "Ouvert le samedi 15 mars de 10h à 14h",
    "Ouvert un samedi sur deux de 9h à 12h",
    "Ouvert du lundi au vendredi de 10h à 12h ou de 14h à 16h",
    "Ouvert le samedi de 8h30 à 12h (état civil uniquement)",
    "Ouvert de 8h à 20h, même les jours fériés",
    "fruits de mer le vendredi de 10h à 12h",
]
# The certain part is read, the rest kept as words; days that are only mentioned are said to be unknown.
PARTLY = {
    "Ouvert du lundi au vendredi de 9h à 19h, et le samedi sur rdv.": (
        'Mo-Fr 09:00-19:00; Sa unknown "le samedi sur rdv."',
        "le samedi sur rdv.",
    ),
    "Ouvert du lundi au vendredi de 10h à 22h, le week-end sur réservation.": (
        'Mo-Fr 10:00-22:00; Sa-Su unknown "le week-end sur réservation."',
        "le week-end sur réservation.",
    ),
    "Ouvert du mardi au vendredi de 9h à 18h (jusqu'à 17h le samedi)": (
        'Tu-Fr 09:00-18:00; Sa unknown "jusqu\'à 17h le samedi"',
        "jusqu'à 17h le samedi",
    ),
    "Ouvert du lundi au samedi de 11h30 à 14h. Livraisons jusqu'à 22h45": (
        "Mo-Sa 11:30-14:00",
        "Livraisons jusqu'à 22h45",
    ),
    "Ouvert du lundi au vendredi de 8h à 21h. Service uniquement de 12h à 15h.": (
        "Mo-Fr 08:00-21:00",
        "Service uniquement de 12h à 15h.",
    ),
    "Ouvert du lundi au samedi": ("Mo-Sa unknown", "Ouvert du lundi au samedi"),
    "Ouverture du lundi au samedi sur rdv": ('Mo-Sa unknown "sur rendez-vous"', "Ouverture du lundi au samedi sur rdv"),
}


def test_sixty_texts_were_checked_by_hand():
    assert len(READ) >= 60
    assert len(UNREAD) >= 10


@pytest.mark.parametrize("text", READ)
def test_texts_read(text):
    reading = read_hours(text)
    assert (reading.opening_hours, reading.unread, reading.certain) == (READ[text], "", True)
    assert is_readable(reading.opening_hours, "FR")


@pytest.mark.parametrize("text", UNREAD)
def test_texts_that_must_not_be_read(text):
    reading = read_hours(text)
    assert (reading.opening_hours, reading.certain) == ("", False)
    assert reading.unread


@pytest.mark.parametrize("text", PARTLY)
def test_texts_read_in_part(text):
    reading = read_hours(text)
    assert (reading.opening_hours, reading.unread, reading.certain) == (*PARTLY[text], False)
    assert is_readable(reading.opening_hours, "FR")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Lundi : fermé\nMardi : 10:00-19:00\nMercredi : 10:00-19:00\nDimanche : fermé", "Tu-We 10:00-19:00"),
        ("Lun-Ven : 9h-18h / Sam : 10h-13h", "Mo-Fr 09:00-18:00; Sa 10:00-13:00"),
        ("lun. au ven. 9h00-12h00 et 14h00-18h00", "Mo-Fr 09:00-12:00,14:00-18:00"),
        ("LUNDI AU SAMEDI DE 9H A 19H", "Mo-Sa 09:00-19:00"),
        ("Du lundi au vendredi : 8h-12h30/13h30-17h30", "Mo-Fr 08:00-12:30,13:30-17:30"),
        ("du lundi au samedi de 9 heures à 12 heures 30", "Mo-Sa 09:00-12:30"),
        ("Ouvert tous les jours de 10h à 18h sauf le 1er mai", "Mo-Su 10:00-18:00; May 01 off"),
        ("Ouvert du lundi au samedi de 8h à 20h, fermé dimanche et jours fériés", "Mo-Sa 08:00-20:00; PH off"),
        ("Ouvert du lundi au vendredi de 8h à 19h, fermé de 12h à 14h", "Mo-Fr 08:00-12:00,14:00-19:00"),
        ("en semaine de 9h à 18h et le week-end de 10h à 17h", "Mo-Fr 09:00-18:00; Sa-Su 10:00-17:00"),
        ("Ouvert le dernier dimanche du mois de 10h à 18h", "Su[-1] 10:00-18:00"),
        ("Ouvert du lundi au samedi de 8h à 20h, même les jours fériés", "Mo-Sa 08:00-20:00"),
        ("Ouvert tous les soirs de 18h à 2h", "Mo-Su 18:00-02:00"),
        ("fermÃ© le lundi, ouvert du mardi au samedi de 9h Ã\xa0 19h", "Tu-Sa 09:00-19:00"),
        ("Ouvert 7 jours sur 7, 24 heures sur 24", "24/7"),
        ("Fermé samedi midi et dimanche. Ouvert de 12h à 14h30 et de 19h à 22h30", None),
        ("ouvert de 9h à 18h le lundi, de 10h à 19h le mardi", "Mo 09:00-18:00; Tu 10:00-19:00"),
        (
            "Fermeture annuelle du 1er au 15 août. Du mardi au samedi de 9h à 19h",
            "Tu-Sa 09:00-19:00; Aug 01-Aug 15 off",
        ),
    ],
)
def test_other_ways_of_writing(text, value):
    reading = read_hours(text)
    expected = value or "Mo-Fr 12:00-14:30,19:00-22:30; Sa 19:00-22:30"
    assert (reading.opening_hours, reading.certain) == (expected, True)


def test_words_that_are_not_hours_are_kept_apart():
    reading = read_hours("Bar, brasserie. Ouvert du lundi au samedi de 9h à 19h. Accès par le bus 190.")
    assert (reading.opening_hours, reading.rest) == ("Mo-Sa 09:00-19:00", "Bar, brasserie. Accès par le bus 190.")


@pytest.mark.parametrize("text", ["", "Bar, brasserie.", "Réplique de la tour du Champ de Mars, posée en 1892."])
def test_texts_without_hours(text):
    reading = read_hours(text)
    assert (reading.opening_hours, reading.unread, reading.certain) == ("", "", False)
    assert reading.rest == text


@given(text=st.text(max_size=80))
def test_whatever_is_written_nothing_breaks(text):
    reading = read_hours(text)
    assert not reading.opening_hours or is_readable(reading.opening_hours, "FR")


_PIECES = st.sampled_from(
    [
        "du",
        "au",
        "de",
        "à",
        "et",
        "le",
        "la",
        "les",
        "sauf",
        "fermé",
        "ouvert",
        "lundi",
        "mardi",
        "samedi",
        "dimanche",
        "matin",
        "midi",
        "soir",
        "9h",
        "12h30",
        "14h",
        "19h",
        "7j/7",
        "(",
        ")",
        ",",
        ".",
        ":",
        ";",
        "-",
        "/",
        "jusqu'à",
        "dès",
        "1er",
        "mai",
        "août",
        "avril",
        "jours",
        "fériés",
        "sur",
        "rdv",
        "week-end",
        "le",
        "4e",
        "jeudi",
        "du",
        "mois",
        "bar",
    ]
)


@given(words=st.lists(_PIECES, max_size=25))
@trials(max_examples=400, deadline=None)
def test_any_jumble_gives_a_value_that_can_be_read(words):
    reading = read_hours(" ".join(words))
    assert not reading.opening_hours or is_readable(reading.opening_hours, "FR")
    assert reading.certain <= (bool(reading.opening_hours) and not reading.unread)


# A small writer: any week of the grid, said in French.
_NAMES = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MORNINGS = st.sampled_from([(480, 720), (510, 750), (540, 765), (570, 780)])
_AFTERNOONS = st.sampled_from([(840, 1080), (870, 1140), (900, 1170), (960, 1440)])
_DAY = st.one_of(
    st.just(()),
    st.tuples(_MORNINGS),
    st.tuples(_AFTERNOONS),
    st.tuples(_MORNINGS, _AFTERNOONS),
    st.tuples(st.just((540, 1170))),
)


def say_clock(minutes: int, style: str) -> str:
    if minutes == 1440:
        return "minuit" if style == "long" else "24h"
    hour, minute = divmod(minutes, 60)
    mark = {"long": " heures ", "colon": ":"}.get(style, "h")
    return f"{hour}{mark}{minute:02d}".strip() if minute or style == "colon" else f"{hour}{mark}".strip()


def say_week(days: list, style: str, joined: str) -> str:
    """Runs of days with the same hours: "du lundi au mercredi de 9h à 12h et de 14h à 18h"."""
    said, at = [], 0
    while at < 7:
        end = at
        while end < 6 and days[end + 1] == days[at]:
            end += 1
        if days[at]:
            when = f"le {_NAMES[at]}" if at == end else f"du {_NAMES[at]} au {_NAMES[end]}"
            spans = " et ".join(f"de {say_clock(a, style)} à {say_clock(b, style)}" for a, b in days[at])
            said.append(f"{when} {spans}")
        at = end + 1
    return "Ouvert " + joined.join(said)


@given(
    days=st.lists(_DAY, min_size=7, max_size=7),
    style=st.sampled_from(["short", "long", "colon"]),
    joined=st.sampled_from([", ", " et ", ". ", " ; ", "\n"]),
)
@trials(max_examples=300, deadline=None)
def test_any_week_said_in_french_is_read_back(days, style, joined):
    if not any(days):
        return
    reading = read_hours(say_week(days, style, joined))
    assert reading.certain
    assert [minutes_of(reading.opening_hours, number) for number in range(7)] == [list(day) for day in days]


def minutes_of(opening_hours: str, weekday: int) -> list[tuple[int, int]]:
    """The spans of a day of a week without holidays or a clock change, in minutes."""
    day = date(2026, 6, 8 + weekday)
    midnight = datetime.combine(day, time.min, tzinfo=PARIS)
    spans = day_spans(opening_hours, day, (), PARIS, "FR")
    return [tuple(int((moment - midnight).total_seconds() // 60) for moment in span) for span in spans]


OLD_PORTAL = settings.DATA_DIR / "issy" / "points-of-interest-2014.json"
SPEAKS_OF_HOURS = re.compile(r"ouvert|fermeture|\d ?h", re.IGNORECASE)  # of the shops' texts, 445 do


@pytest.mark.skipif(not OLD_PORTAL.exists(), reason="the town's old portal file is not at hand (PARVIS_DATA)")
def test_most_texts_of_an_old_portal_become_hours():
    rows = [row["fields"] for row in json.loads(OLD_PORTAL.read_text())]
    shops = [row.get("description", "") for row in rows if row["categorie2"] == "Commerces, consommation"]
    texts = [text for text in shops if SPEAKS_OF_HOURS.search(text)]
    readings = [read_hours(text) for text in texts]
    assert len(texts) == 445
    assert sum(reading.certain for reading in readings) >= 374
    assert sum(bool(reading.opening_hours) for reading in readings) >= 0.9 * len(texts)
    assert all(is_readable(reading.opening_hours, "FR") for reading in readings if reading.opening_hours)
