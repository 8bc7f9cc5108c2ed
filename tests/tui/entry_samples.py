"""Samples shared by the tests of the fast entry: the shipped catalogue, a stop, key strings."""

from collections import Counter
from datetime import date, time

from fsmobile.core.catalogue_search import build_index
from fsmobile.core.ids import PassageId
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.tui.entry_book import Frequencies, make_book
from fsmobile.tui.picker import Choice
from fsmobile.tui.visit_entry_keys import press_entry
from fsmobile.tui.visit_entry_state import Entry, EntryBook

DAY = date(2026, 11, 24)
COMMUNES = {"16230": "Mouton", "16206": "Mansle", "16015": "Angoulême"}


def find_communes(query: str) -> list[Choice]:
    return [
        Choice(code=code, label=name)
        for code, name in COMMUNES.items()
        if name.lower().startswith(query.lower())
    ]


def a_book() -> EntryBook:
    catalogue = load_catalogue()
    return make_book(
        catalogue,
        build_index(catalogue, DAY),
        Frequencies(here=Counter(), everywhere=Counter()),
        find_communes,
        "16230",
    )


def an_entry() -> Entry:
    return Entry(
        draft_id="0192f3a0-0000-7000-8000-000000000001",
        service_date=DAY,
        starts=time(14, 7),
        passage_id=PassageId("charente/bus/mouton/2026-11-24"),
        insee_code="16230",
    )


def press_all(entry: Entry, book: EntryBook, *keys: str) -> Entry:
    """Press keys one after the other; a space in a text separates keys."""
    for key in " ".join(keys).split():
        entry = press_entry(entry, key, book)
    return entry
