"""Rules of texts: what the public reads, and the comments of the files."""

import re
from collections.abc import Iterator

from fsmobile.core.positions import Position
from fsmobile.core.privacy import find_forbidden_numbers
from fsmobile.errors import Severity
from fsmobile.validation.rule import Finding, found, rule
from fsmobile.validation.study import Study

CAPITALS_MIN = 8
"""Shorter, a text in capitals may be an acronym."""

_MOBILE = re.compile(r"(?:\+33|\b0033|\b0)[\s.\-]?[67](?:[\s.\-]?\d{2}){4}\b")
_OWN_MAILBOX = re.compile(
    r"[\w.+-]+@(?:gmail|outlook|hotmail|live|yahoo|orange|wanadoo|free|sfr|laposte|icloud)\.\w+",
    re.IGNORECASE,
)
_LINE = re.compile(r"^\s*(rang|semaines|jours)\s*=\s*([^#]*?)\s*#\s*(.+)$")
_ORDINAL = re.compile(r"\b([1-5])(?:er|re|e|è|ème|eme|ère|nd|nde)\b", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+")
_PARITY = re.compile(r"\b(im)?paires?\b", re.IGNORECASE)
_WEEKDAY = re.compile(r"\b(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?\b", re.IGNORECASE)


@rule("all_caps_text", Severity.INFO)
def check_all_caps_text(study: Study) -> Iterator[Finding]:
    """A text for the public is all in capitals: hard to read, and read letter by letter aloud.

    Example: `nom = "MAIRIE DE DUN"`.
    """
    for subject, position, text in _public_texts(study):
        letters = [letter for letter in text if letter.isalpha()]
        if len(letters) >= CAPITALS_MIN and text.isupper():
            yield found(subject, position, value=text)


@rule("personal_data_in_text", Severity.WARNING)
def check_personal_data_in_text(study: Study) -> Iterator[Finding]:
    """A public text holds a mobile number, somebody's own mailbox, or a number that names them.

    What is found is not repeated. Example: `avis = "Voir Martine au 06…"`.
    """
    for subject, position, text in _public_texts(study):
        if _MOBILE.search(text):
            yield found(subject, position, value="06…")
        elif _OWN_MAILBOX.search(text):
            yield found(subject, position, value="@…")
        else:
            for kind in find_forbidden_numbers(text)[:1]:
                yield found(subject, position, value=str(kind))


@rule("comment_contradicts_value", Severity.INFO)
def check_comment_contradicts_value(study: Study) -> Iterator[Finding]:
    """The comment at the end of a line says something else than its value.

    An editor that changes the value leaves the comment. Example: `rang = [2, 4]  # 1er et 3e`.
    """
    for file, text in study.texts.items():
        if "#" not in text:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            parts = _LINE.match(line)
            if parts is None:
                continue
            key, value, comment = parts.groups()
            said, meant = _readings(key, value, comment)
            if said and meant and not said & meant:
                position = Position(file=file, line=number, column=line.index("#") + 1)
                yield found(key, position, value=comment.strip(), key=key)


def _readings(key: str, value: str, comment: str) -> tuple[set[str], set[str]]:
    """Return what the comment says and what the value says, in the same words."""
    match key:
        case "rang":
            return set(_ORDINAL.findall(comment)), set(_NUMBER.findall(value))
        case "semaines":
            found_ones = [one.group().lower().rstrip("s") for one in _PARITY.finditer(comment)]
            return set(found_ones), {one.group().lower().rstrip("s") for one in _parities(value)}
    days = {day.lower() for day in _WEEKDAY.findall(comment)}
    return days, {day.lower() for day in _WEEKDAY.findall(value)}


def _parities(value: str) -> Iterator[re.Match[str]]:
    return _PARITY.finditer(value)


def _public_texts(study: Study) -> Iterator[tuple[str, Position, str]]:
    """Yield each text that the public reads: whose it is, where it stands, what it says."""
    tree = study.tree
    yield tree.agency.agency_id, tree.agency.position.of("nom"), tree.agency.name
    for place in tree.places.values():
        yield place.place_id, place.position.of("nom"), place.name
        yield place.place_id, place.position.of("adresse"), place.address
    for tour, version in study.live_versions:
        yield tour.tour_id, version.position.of("nom"), version.name
        yield tour.tour_id, version.position.of("motif"), version.reason
    for plan in study.plans:
        yield plan.subject, plan.stop.position.of("note"), plan.stop.note
    for override in tree.overrides:
        yield override.override_id, override.position.of("avis"), override.notice
    for closure in tree.closures:
        yield closure.closure_id, closure.position.of("avis"), closure.notice


TEXT_RULES = (
    check_all_caps_text,
    check_personal_data_in_text,
    check_comment_contradicts_value,
)
