"""The fields of a plan as a person fills them in: what each takes, and its value in a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fsmobile.core.documents import Value
from fsmobile.formats.schedule_values import parse_time, parse_time_span, suggest_time_span
from fsmobile.formats.typed_dates import read_french_date

Reader = Callable[[str], Value]
"""Reads a typed text as the value of a file; None when it is none."""


class FieldOwner(StrEnum):
    """What a field is of."""

    STOP = "arret"
    RUN = "sortie"
    VERSION = "version"
    PARTNER = "partenaire"
    PLACE = "lieu"
    VEHICLE = "vehicule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One key that can be filled in."""

    owner: FieldOwner
    key: str
    """As it stands in the file."""
    read: Reader
    example: str


def _text(text: str) -> Value:
    return text.strip() or None


def _minutes(text: str) -> Value:
    number = text.strip().removesuffix("min").strip()
    return int(number) if number.isascii() and number.isdigit() and int(number) <= 1440 else None


def _clock(text: str) -> Value:
    found = suggest_time_span(f"{text.strip()}-23:59")
    start = text.strip() if found is None else found[:5]
    return start if parse_time(start) is not None else None


def _spans(text: str) -> Value:
    spans = [suggest_time_span(part) or part.strip() for part in text.split(",")]
    if not all(parse_time_span(one) for one in spans):
        return None
    return spans[0] if len(spans) == 1 else spans


def _flag(text: str) -> Value:
    words: Mapping[str, bool] = {"oui": True, "o": True, "non": False, "n": False}
    return words.get(text.strip().casefold())


def _date(text: str) -> Value:
    return read_french_date(text)


def _number(text: str) -> Value:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _list(text: str) -> Value:
    return [one.strip() for one in text.split(",") if one.strip()] or None


def _fields(owner: FieldOwner, *rows: tuple[str, Reader, str]) -> tuple[Field, ...]:
    return tuple(Field(owner=owner, key=key, read=read, example=one) for key, read, one in rows)


FIELDS: tuple[Field, ...] = (
    *_fields(
        FieldOwner.STOP,
        ("ouvert", _spans, "9h30-12h, 14h-16h"),
        ("trajet", _minutes, "25"),
        ("installation", _minutes, "5"),
        ("acces", _text, "libre, rdv, demande, prive"),
        ("incertain", _flag, "oui, non"),
        ("note", _text, "prise derrière la halle"),
    ),
    *_fields(
        FieldOwner.RUN,
        ("depart", _clock, "8h30"),
        ("retour", _clock, "17h"),
        ("vehicule", _text, "bus-1"),
        ("equipage", _list, "agent-a, agent-b"),
        ("base", _text, "depot"),
    ),
    *_fields(
        FieldOwner.VERSION,
        ("nom", _text, "Tournée Nord"),
        ("fin", _date, "30/6/2027"),
        ("motif", _text, "horaires d'été"),
        ("vehicule", _text, "bus-1"),
        ("equipage", _list, "agent-a, agent-b"),
        ("base", _text, "depot"),
        ("feries", _text, "sauf, avec"),
        ("vacances", _text, "avec, sans, seulement"),
    ),
    *_fields(FieldOwner.PARTNER, ("nom", _text, "Épicerie solidaire de Bellencombre")),
    *_fields(
        FieldOwner.PLACE,
        ("nom", _text, "Dun — place de la mairie"),
        ("lat", _number, "46,305"),
        ("lon", _number, "1,668"),
        ("pmr", _flag, "oui, non"),
        ("courant", _flag, "oui, non"),
        ("reseau", _text, "4G"),
        ("indisponible", _list, "jeudi 06:00-14:00"),
        ("repli", _text, "dun-salle"),
        ("autorisation_fin", _date, "31/12/2027"),
    ),
    *_fields(
        FieldOwner.VEHICLE,
        ("nom", _text, "Minibus 1"),
        ("base", _text, "depot"),
        ("controle", _date, "15/3/2027"),
        ("indisponible", _list, "2026-12-01..2026-12-04"),
    ),
)
"""Every field that is filled in one by one; days have their own words, and dates too."""


def write_field(value: Value) -> str:
    """Write a value as it would be typed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
