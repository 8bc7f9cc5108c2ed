"""The table of what is recorded: whole, true, and what exports and retention go by."""

import pytest

from fsmobile.core.absences import Absence
from fsmobile.core.appointments import Appointment
from fsmobile.core.commune_notices import CommuneContact
from fsmobile.core.follow_ups import FollowUp, NamedPart, Referral
from fsmobile.core.journal import JournalNote
from fsmobile.core.logbook import LogEntry
from fsmobile.core.personal_data import (
    FAMILIES,
    PERSONAL_COLUMNS,
    PERSONAL_DIMENSIONS,
    TABLE,
    Seen,
    Term,
)
from fsmobile.core.privacy import Contact, find_contacts, find_forbidden_numbers
from fsmobile.core.reports import Dimension
from fsmobile.core.visit_lines import Column
from fsmobile.core.visits import Enquiry, Visit
from fsmobile.protocol.records import SCHEMAS, PassageData

RECORDS = (
    *(Visit, Enquiry, PassageData, Appointment, FollowUp, Referral, NamedPart, LogEntry),
    *(Absence, CommuneContact, JournalNote),
)


@pytest.mark.parametrize("record", RECORDS)
def test_each_field_that_is_recorded_is_in_the_table_once(record: type) -> None:
    listed = [name for one in TABLE if one.record == record.__name__ for name in one.fields]
    assert sorted(listed) == sorted(record.__struct_fields__)


def test_the_table_tells_of_nothing_that_is_not_recorded() -> None:
    assert {one.record for one in TABLE} == {record.__name__ for record in RECORDS}
    assert {one.family for one in TABLE} <= {kind.partition(".")[0] for kind in SCHEMAS}


def test_each_kind_that_is_recorded_has_its_family_in_the_table() -> None:
    # A timetable is public: its history stays.
    families = {kind.partition(".")[0] for kind in SCHEMAS} - {"schedule"}
    assert families == {one.family for one in TABLE}


def test_a_structure_decides_for_what_a_bus_reads_and_for_that_alone() -> None:
    decided = {one.family for one in TABLE if one.term is Term.STRUCTURE}
    assert set(FAMILIES) == decided == {"visit", "passage", "appointment", "followup", "logbook"}
    # Retention walks the scopes of buses: a term for what is elsewhere would be a promise only.
    assert all(one.seen is Seen.BUS for one in TABLE if one.term is Term.STRUCTURE)


def test_what_tells_of_a_person_is_left_out_or_masked() -> None:
    assert {Column.NOTE, Column.REFERENCE, Column.AGE, Column.RESIDENCE} <= PERSONAL_COLUMNS
    assert {Dimension.AGE, Dimension.RESIDENCE, Dimension.CONTACT} == PERSONAL_DIMENSIONS
    for one in TABLE:
        if one.columns or one.dimensions:
            assert one.tells_of_person


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("rappeler au 06 12 34 56 78", [Contact.PHONE]),
        ("0612345678", [Contact.PHONE]),
        ("+33 6 12 34 56 78", [Contact.PHONE]),
        ("0033612345678", [Contact.PHONE]),
        ("+33 (0)6.12.34.56.78", [Contact.PHONE]),
        ("tél. 05-45-30-01-02.", [Contact.PHONE]),
        ("+262 692 12 34 56", [Contact.PHONE]),
        ("jean.dupont@exemple.fr", [Contact.EMAIL]),
        ("Jean.Dupont+caf@mail.exemple.fr et 05 45 30 01 02", [Contact.PHONE, Contact.EMAIL]),
        ("０６ １２ ３４ ５６ ７８", [Contact.PHONE]),
        ("dossier 2026/1234, 3 personnes", []),
        ("le 06/12/2026 à 14:30", []),
        ("SIRET 123 456 789 00012", []),
        ("retraite 12 345 678 €", []),
        ("@mairie, voir le panneau", []),
        ("code 16700", []),
        ("", []),
    ],
)
def test_a_telephone_and_an_e_mail_are_told_and_nothing_else_is(
    text: str, kinds: list[Contact]
) -> None:
    assert find_contacts(text) == kinds
    assert find_forbidden_numbers(text) == []
