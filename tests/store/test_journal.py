"""A laptop's journal: what is in it, and that whatever is done to it by hand is found."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from worlds import FakeClock, Laptop, a_laptop, a_registry, a_visit

from fsmobile.core.journal import JournalAct
from fsmobile.protocol.chain import hash_body
from fsmobile.protocol.journal_checks import JournalCheck, verify_journal
from fsmobile.protocol.journal_files import JournalFile, JournalLink, decode_journal, encode_journal
from fsmobile.protocol.journal_records import JOURNAL_NOTE
from fsmobile.store import journal, ops
from fsmobile.store.journal import list_lines, read_journal
from fsmobile.store.unlock_tries import begin_try, count_refused, forget_refused, forget_tries
from fsmobile.usecases.visits import record_visit


@pytest.fixture
def laptop() -> Laptop:
    """Two visits around two exports, sent; then a third export that is not."""
    laptop = a_laptop(a_registry())
    record_visit(laptop.desk, a_visit())
    note(laptop, "premier")
    record_visit(laptop.desk, a_visit())
    note(laptop, "second")
    laptop.sync()
    note(laptop, "dernier")
    return laptop


def note(laptop: Laptop, what: str) -> None:
    laptop.replica.clock.ms += 60_000
    journal.note(laptop.replica, laptop.desk.agent_id, JournalAct.EXPORTED, what, 3)


def exported(laptop: Laptop) -> JournalFile:
    """The journal as a coordinator reads it from its file."""
    certificate = laptop.desk.enrolment.certificate
    return decode_journal(encode_journal(read_journal(laptop.replica, certificate)))


def check(
    laptop: Laptop, change: Callable[[JournalFile], JournalFile] | None = None
) -> JournalCheck:
    file = exported(laptop)
    key = laptop.desk.enrolment.registry_key
    return verify_journal(file if change is None else change(file), key)


def with_links(
    change: Callable[[list[JournalLink]], list[JournalLink]],
) -> Callable[[JournalFile], JournalFile]:
    def changed(file: JournalFile) -> JournalFile:
        (writer,) = file.writers
        links = tuple(change(list(writer.links)))
        return replace(file, writers=(replace(writer, links=links),))

    return changed


def test_a_journal_that_nobody_touched_is_proven_up_to_the_last_receipt(laptop: Laptop) -> None:
    found = check(laptop)
    assert (found.faults, found.proven, found.unproven) == ([], 4, 1)
    assert [one.data for one in found.notes] == [
        b'{"act":"exported","detail":"premier","count":3}',
        b'{"act":"exported","detail":"second","count":3}',
        b'{"act":"exported","detail":"dernier","count":3}',
    ]
    assert (found.name, found.unit) == ("portable", laptop.desk.unit_id)


def test_the_file_holds_no_visit(laptop: Laptop) -> None:
    record_visit(laptop.desk, a_visit(note="ZXMARKERXZ"))
    laptop.sync()
    assert b"ZXMARKERXZ" not in encode_journal(exported(laptop))
    (writer,) = exported(laptop).writers
    assert [link.body is not None for link in writer.links] == [
        *(False, True, False, True),
        *(True, False),
    ]


def test_a_changed_line_is_found(laptop: Laptop) -> None:
    def change(links: list[JournalLink]) -> list[JournalLink]:
        body = (links[1].body or b"").replace(b"premier", b"PREMIER")
        return [links[0], JournalLink(links[1].op_id, links[1].hash, body), *links[2:]]

    found = check(laptop, with_links(change))
    assert found.faults == [f"body {exported(laptop).writers[0].links[1].op_id}"]


def test_a_changed_line_with_its_hash_made_again_is_found(laptop: Laptop) -> None:
    def change(links: list[JournalLink]) -> list[JournalLink]:
        body = (links[1].body or b"").replace(b"premier", b"PREMIER")
        return [links[0], JournalLink(links[1].op_id, hash_body(body), body), *links[2:]]

    writer = exported(laptop).writers[0].writer.hex()[:8]
    assert check(laptop, with_links(change)).faults == [f"chain {writer}/4"]


@pytest.mark.parametrize(
    "order", [[1, 0, 2, 3, 4], [0, 2, 3, 4], [0, 0, 1, 2, 3, 4]], ids=["moved", "out", "twice"]
)
def test_lines_moved_taken_out_or_added_are_found(laptop: Laptop, order: list[int]) -> None:
    writer = exported(laptop).writers[0].writer.hex()[:8]
    found = check(laptop, with_links(lambda links: [links[place] for place in order]))
    assert found.faults == [f"chain {writer}/4"]


def test_a_tail_cut_below_the_receipt_is_found(laptop: Laptop) -> None:
    writer = exported(laptop).writers[0].writer.hex()[:8]
    assert check(laptop, with_links(lambda links: links[:3])).faults == [f"cut {writer}: 3 < 4"]


def test_a_tail_cut_above_the_receipt_is_only_seen_as_fewer_unproven_acts(laptop: Laptop) -> None:
    found = check(laptop, with_links(lambda links: links[:4]))
    assert (found.faults, found.proven, found.unproven) == ([], 4, 0)


def test_a_receipt_that_the_registry_did_not_sign_proves_nothing(laptop: Laptop) -> None:
    file = exported(laptop)
    (writer,) = file.writers
    forged = (writer.receipt or b"")[:-1] + b"\0"
    changed = replace(file, writers=(replace(writer, receipt=forged),))
    found = verify_journal(changed, laptop.desk.enrolment.registry_key)
    assert (found.faults, found.proven) == ([f"receipt {writer.writer.hex()[:8]}"], 0)


def test_the_journal_of_another_laptop_or_registry_does_not_pass_for_this_one(
    laptop: Laptop,
) -> None:
    other = a_laptop(laptop.registry, name="autre", seed=9)
    other.sync()
    stolen = replace(exported(laptop), certificate=other.desk.enrolment.certificate)
    assert verify_journal(stolen, laptop.desk.enrolment.registry_key).faults
    elsewhere = a_laptop(a_registry(seed=77), seed=10)
    foreign = verify_journal(exported(laptop), elsewhere.desk.enrolment.registry_key)
    assert foreign.faults == ["certificate"]


def test_acts_moved_to_a_new_log_are_still_proven(laptop: Laptop) -> None:
    (writer,) = ops.list_writers(laptop.replica)
    ops.open_writer(laptop.replica, writer.writer, 2, "fork")
    note(laptop, "après")
    found = check(laptop)
    assert (found.faults, len(found.notes)) == ([], 4)


def test_a_note_reaches_the_registry_and_a_coordinator(laptop: Laptop) -> None:
    office = a_laptop(laptop.registry, name="bureau", role="coordinator", seed=12)
    laptop.sync()
    office.sync()
    told = [one.detail for one in list_lines(office.replica) if one.act == JournalAct.EXPORTED]
    assert told == ["premier", "second", "dernier"]
    assert not laptop.replica.connection.execute(
        "SELECT 1 FROM outcome JOIN op USING (op_id) WHERE kind = ?", (JOURNAL_NOTE,)
    ).fetchall()


def test_wrong_passphrases_wait_for_the_journal(tmp_path) -> None:
    path, clock = tmp_path / "unlock.json", FakeClock()
    for _ in range(3):
        begin_try(path, clock.now_ms())
    forget_tries(path)
    assert count_refused(path) == 2
    begin_try(path, clock.now_ms())
    forget_tries(path)
    assert count_refused(path) == 2, "the right one at once adds none"
    forget_refused(path)
    assert not path.exists()
