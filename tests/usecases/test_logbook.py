"""The logbook between crews and the coordinator: two buses, an office, a registry between them."""

import pytest
from worlds import PASSAGE, Laptop, a_laptop, a_registry

from fsmobile.core.ids import AgentId, PlaceId, UnitId
from fsmobile.core.logbook import EntryKind, IncidentCause, LogEntry
from fsmobile.errors import InvalidInput, NotAllowed, PersonalDataRefused
from fsmobile.store.projections import rebuild
from fsmobile.usecases.logbook import (
    close_entry,
    find_entry,
    has_read,
    list_closed,
    list_logbook,
    list_messages,
    list_proposals,
    list_unread,
    note_reading,
    read_sheet,
    write_entry,
)
from fsmobile.usecases.undo import undo_last

LUXE = PlaceId("luxe")


class Structure:
    """Two laptops of one bus, one of another bus, the coordinator's."""

    def __init__(self) -> None:
        registry = a_registry()
        self.morning = a_laptop(registry, seed=2, name="matin")
        self.evening = a_laptop(registry, seed=3, name="soir")
        self.other = a_laptop(registry, seed=4, unit="bus-charente/bus-2")
        self.office = a_laptop(registry, seed=5, unit="bus-charente/bureau", role="coordinator")
        self.evening.desk.agent_id = AgentId("agent-b")

    def sync(self) -> None:
        for _round in range(2):
            for laptop in (self.morning, self.evening, self.other, self.office):
                assert laptop.sync().refused == []


def _texts(laptop: Laptop, place_id: PlaceId | None = None) -> list[str]:
    return [line.state.entry.text for line in list_logbook(laptop.desk, place_id)]


def test_what_a_crew_writes_is_read_by_the_next_one_and_settled_once() -> None:
    world = Structure()
    key = write_entry(world.morning.desk, LogEntry(kind=EntryKind.NOTE, text="clé", place_id=LUXE))
    write_entry(world.morning.desk, LogEntry(kind=EntryKind.NOTE, text="pneu mou"))
    world.sync()
    assert _texts(world.evening, LUXE) == ["clé", "pneu mou"]
    assert _texts(world.evening, PlaceId("mansle")) == ["pneu mou"]
    assert _texts(world.other) == []
    close_entry(world.evening.desk, key, "rendue")
    world.sync()
    assert _texts(world.morning, LUXE) == ["pneu mou"]
    (closed,) = list_closed(world.morning.desk)
    assert (closed.state.closed_by, closed.state.ending) == ("agent-b", "rendue")
    undo_last(world.evening.desk)
    world.sync()
    assert _texts(world.morning, LUXE) == ["clé", "pneu mou"]


def test_the_sheet_of_a_stop_keeps_the_newest_word_of_each_kind() -> None:
    world = Structure()
    for laptop, kind, text in (
        (world.morning, EntryKind.SOCKET, "derrière la halle"),
        (world.evening, EntryKind.SOCKET, "borne bleue, demander la clé"),
        (world.morning, EntryKind.PARKING, "devant l'église le samedi"),
    ):
        laptop.registry.clock.ms += 1000
        write_entry(laptop.desk, LogEntry(kind=kind, text=text, place_id=LUXE))
    world.sync()
    for laptop in (world.morning, world.evening):
        sheet = read_sheet(laptop.desk, LUXE)
        assert {kind: line.state.entry.text for kind, line in sheet.items()} == {
            EntryKind.SOCKET: "borne bleue, demander la clé",
            EntryKind.PARKING: "devant l'église le samedi",
        }


def test_a_message_reaches_the_buses_it_is_for_and_the_coordinator_sees_who_read_it() -> None:
    world = Structure()
    office = world.office.desk
    to_one = LogEntry(
        kind=EntryKind.MESSAGE, text="rappelez-moi", unit=UnitId("bus-charente/bus-2")
    )
    write_entry(office, LogEntry(kind=EntryKind.MESSAGE, text="réunion vendredi 9 h"))
    office.replica.clock.ms += 1
    write_entry(office, to_one)
    world.sync()
    (message,) = list_unread(world.morning.desk)
    assert [line.state.entry.text for line in list_messages(world.other.desk)] == [
        "rappelez-moi",
        "réunion vendredi 9 h",
    ]
    note_reading(world.morning.desk, message.state.entry_id)
    note_reading(world.morning.desk, message.state.entry_id)
    assert list_unread(world.morning.desk) == []
    world.sync()
    # Its colleague in the same bus has not read it.
    assert len(list_unread(world.evening.desk)) == 1
    shown = {line.state.entry.text: line.readers for line in list_messages(office)}
    ((agent, unit, _when),) = shown["réunion vendredi 9 h"]
    assert (agent, unit) == ("agent-a", "bus-charente/bus-1")
    assert shown["rappelez-moi"] == ()
    close_entry(office, message.state.entry_id)
    world.sync()
    assert list_messages(world.morning.desk) == []


def test_an_agent_sends_no_message_in_the_coordinators_name() -> None:
    world = Structure()
    with pytest.raises(NotAllowed, match="message_by_coordinator"):
        write_entry(world.morning.desk, LogEntry(kind=EntryKind.MESSAGE, text="à tous"))


def test_a_laptop_that_writes_to_every_bus_all_the_same_is_refused_by_the_registry() -> None:
    from fsmobile.protocol import logbook_records as kinds
    from fsmobile.store import ops

    world = Structure()
    data = kinds.encode_log(LogEntry(kind=EntryKind.MESSAGE, text="faux"))
    desk = world.morning.desk
    ops.append(desk.replica, desk.agency_op(kinds.LOGBOOK_WRITE, data))
    assert [code for _op, code in world.morning.sync().refused] == ["rejected"]
    world.office.sync()
    assert list_messages(world.office.desk) == []


def test_an_incident_proposes_and_the_coordinator_settles_it_for_every_bus() -> None:
    world = Structure()
    incident = LogEntry(
        kind=EntryKind.INCIDENT, cause=IncidentCause.BREAKDOWN, text="freins", cancels=PASSAGE
    )
    entry_id = write_entry(world.morning.desk, incident)
    world.sync()
    (proposal,) = list_proposals(world.office.desk)
    assert proposal.state.entry == incident
    close_entry(world.office.desk, entry_id, "annulé au planning")
    world.sync()
    assert list_proposals(world.evening.desk) == []
    assert list_logbook(world.evening.desk) == []


def test_a_number_that_names_a_person_stays_out_of_the_logbook() -> None:
    desk = Structure().morning.desk
    with pytest.raises(PersonalDataRefused):
        write_entry(desk, LogEntry(kind=EntryKind.NOTE, text="M. X, 2 69 05 49 588 157 80"))
    entry_id = write_entry(desk, LogEntry(kind=EntryKind.NOTE, text="verglas"))
    with pytest.raises(PersonalDataRefused):
        close_entry(desk, entry_id, "2 69 05 49 588 157 80")


def test_an_entry_is_found_by_the_end_of_its_id_and_never_by_chance() -> None:
    desk = Structure().morning.desk
    first = write_entry(desk, LogEntry(kind=EntryKind.NOTE, text="verglas"))
    assert find_entry(desk, first[-8:]).entry_id == first
    for text in ("", "zzz", "-"):
        with pytest.raises(InvalidInput, match="log_entry_unclear"):
            find_entry(desk, text)


def test_the_logbook_made_again_from_its_facts_is_the_same() -> None:
    world = Structure()
    write_entry(world.morning.desk, LogEntry(kind=EntryKind.NOTE, text="clé", place_id=LUXE))
    write_entry(world.office.desk, LogEntry(kind=EntryKind.MESSAGE, text="à tous"))
    world.sync()
    note_reading(world.evening.desk, list_messages(world.evening.desk)[0].state.entry_id)

    def state() -> tuple[object, ...]:
        desk = world.evening.desk
        messages = list_messages(desk)
        return list_logbook(desk), messages, has_read(desk, messages[0].state.entry_id)

    before = state()
    rebuild(world.evening.replica)
    assert state() == before
