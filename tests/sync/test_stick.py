"""The stick: a week without a network, late, twice, out of order, cut short."""

import pytest
import worlds
from worlds import PASSAGE, a_laptop, a_registry, a_visit

from fsmobile.errors import InvalidInput, NotAllowed
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.registry.administration import load_state
from fsmobile.registry.sticks import import_stick
from fsmobile.store import queries, sticks
from fsmobile.sync.stick import export_stick, import_answer
from fsmobile.usecases import passages, visits

DICTIONARY = load_wire_dictionary()
DAY_MS = 24 * 3600 * 1000


def export(laptop: worlds.Laptop) -> bytes:
    return export_stick(laptop.replica, laptop.key, DICTIONARY).data


def carry(laptop: worlds.Laptop, data: bytes) -> int:
    """Take a file to the registry and its answer back; return how many ops were new."""
    imported = import_stick(laptop.registry, data, DICTIONARY)
    import_answer(laptop.replica, laptop.key, imported.answer, DICTIONARY)
    return imported.applied


def held_visits(laptop: worlds.Laptop) -> int:
    return load_state(laptop.registry).kinds.get("visit.record", 0)


def test_a_week_without_a_network_arrives_by_stick_once():
    registry = a_registry()
    laptop, other = a_laptop(registry), a_laptop(registry, seed=3, name="b")
    visits.record_visit(other.desk, a_visit())
    other.sync()
    for _day in range(7):
        registry.clock.ms += DAY_MS
        passages.open_passage(laptop.desk, PASSAGE)
        for _visit in range(20):
            visits.record_visit(laptop.desk, a_visit())
    data = export(laptop)
    assert carry(laptop, data) == 147
    assert held_visits(laptop) == 141
    assert queries.load_sync_state(laptop.replica).waiting == 0
    assert len(visits.list_visits(laptop.desk)) == 141  # with what was new for this laptop
    assert all(row.is_received for row in visits.list_visits(laptop.desk))
    assert carry(laptop, data) == 0
    assert held_visits(laptop) == 141
    report = laptop.sync()
    assert (report.to_send, report.pulled, report.healed) == (0, 0, [])


def test_the_ledger_says_what_was_carried_and_when_it_was_answered():
    laptop = a_laptop(a_registry())
    visits.record_visit(laptop.desk, a_visit())
    exported = export_stick(laptop.replica, laptop.key, DICTIONARY)
    (entry,) = sticks.list_sticks(laptop.replica)
    assert (entry.ops, entry.visits, entry.acked_at) == (1, 1, None)
    assert entry.size == len(exported.data)
    carry(laptop, exported.data)
    (entry,) = sticks.list_sticks(laptop.replica)
    assert entry.acked_at is not None


def test_a_stick_later_than_the_network_changes_nothing():
    laptop = a_laptop(a_registry())
    visits.record_visit(laptop.desk, a_visit())
    late = export(laptop)
    visits.record_visit(laptop.desk, a_visit())
    laptop.sync()
    assert carry(laptop, late) == 0
    assert held_visits(laptop) == 2
    assert queries.load_sync_state(laptop.replica).waiting == 0
    report = laptop.sync()
    assert (report.healed, report.waiting) == ([], 0)


def test_sticks_out_of_order_arrive_once():
    laptop = a_laptop(a_registry())
    files = []
    for _ in range(3):
        visits.record_visit(laptop.desk, a_visit())
        files.append(export(laptop))
    assert [carry(laptop, files[at]) for at in (2, 0, 1)] == [3, 0, 0]
    assert held_visits(laptop) == 3
    assert queries.load_sync_state(laptop.replica).waiting == 0


def test_answers_out_of_order_never_take_a_receipt_back():
    laptop = a_laptop(a_registry())
    visits.record_visit(laptop.desk, a_visit())
    first = import_stick(laptop.registry, export(laptop), DICTIONARY).answer
    visits.record_visit(laptop.desk, a_visit())
    second = import_stick(laptop.registry, export(laptop), DICTIONARY).answer
    import_answer(laptop.replica, laptop.key, second, DICTIONARY)
    import_answer(laptop.replica, laptop.key, first, DICTIONARY)
    assert queries.load_sync_state(laptop.replica).waiting == 0


def test_a_page_that_starts_after_what_this_laptop_read_moves_no_cursor(tmp_path):
    registry = a_registry()
    laptop, other = a_laptop(registry), a_laptop(registry, seed=3, name="b")
    visits.record_visit(other.desk, a_visit())
    other.sync()
    laptop.sync()
    visits.record_visit(other.desk, a_visit())
    other.sync()
    answer = import_stick(registry, export(laptop), DICTIONARY).answer
    # The laptop is restored to a state in which it had read nothing and written no stick.
    with laptop.replica.write() as connection:
        connection.execute("DELETE FROM cursor")
        connection.execute("DELETE FROM stick")
        connection.execute("DELETE FROM remote")
        connection.execute("DELETE FROM visit")
    import_answer(laptop.replica, laptop.key, answer, DICTIONARY)
    assert len(visits.list_visits(laptop.desk)) == 1
    laptop.sync()
    assert len(visits.list_visits(laptop.desk)) == 2


@pytest.mark.parametrize("where", [0, 5, 40, 200, -1, -70])
def test_a_byte_that_changed_is_refused_and_nothing_applied(where):
    laptop = a_laptop(a_registry())
    visits.record_visit(laptop.desk, a_visit())
    data = bytearray(export(laptop))
    data[where] ^= 1
    with pytest.raises(InvalidInput):
        import_stick(laptop.registry, bytes(data), DICTIONARY)
    assert held_visits(laptop) == 0


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9, 0.999])
def test_a_file_cut_short_is_refused_and_nothing_applied(kept):
    laptop = a_laptop(a_registry())
    for _ in range(30):
        visits.record_visit(laptop.desk, a_visit())
    data = export(laptop)
    with pytest.raises(InvalidInput):
        import_stick(laptop.registry, data[: int(len(data) * kept)], DICTIONARY)
    assert held_visits(laptop) == 0


def test_a_file_for_another_registry_is_refused():
    laptop = a_laptop(a_registry())
    visits.record_visit(laptop.desk, a_visit())
    with pytest.raises(InvalidInput, match="stick_unreadable"):
        import_stick(a_registry(seed=9), export(laptop), DICTIONARY)


def test_an_answer_for_another_laptop_is_refused():
    registry = a_registry()
    laptop, other = a_laptop(registry), a_laptop(registry, seed=3, name="b")
    answer = import_stick(registry, export(laptop), DICTIONARY).answer
    with pytest.raises(InvalidInput, match="stick_unreadable"):
        import_answer(other.replica, other.key, answer, DICTIONARY)


def test_a_laptop_that_is_not_enrolled_writes_no_stick():
    laptop = a_laptop(a_registry())
    with laptop.replica.write() as connection:
        connection.execute("DELETE FROM meta WHERE key LIKE 'enrol.%'")
    with pytest.raises(NotAllowed):
        export(laptop)


def test_the_content_of_a_visit_is_not_readable_on_the_stick():
    laptop = a_laptop(a_registry())
    visits.record_visit(laptop.desk, a_visit(note="dossier bleu"))
    data = export(laptop)
    assert b"dossier" not in data
    assert b"visit.record" not in data
