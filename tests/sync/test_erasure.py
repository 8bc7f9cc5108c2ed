"""Erasing everywhere: the order travels, is carried out, is confirmed, and nothing comes back."""

import pytest
from sqlalchemy import select
from worlds import PASSAGE, UNIT, Laptop, a_laptop, a_registry, a_visit

from fsmobile.errors import InvalidInput, NotAllowed, NotFound
from fsmobile.protocol.messages import ErasedOp
from fsmobile.protocol.orders import ERASE
from fsmobile.protocol.records import VISIT_RECORD
from fsmobile.protocol.scopes import unit_scope
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.registry import schema
from fsmobile.registry.administration import revoke
from fsmobile.registry.confirmations import (
    close_risk,
    count_late,
    list_closed,
    list_unconfirmed,
)
from fsmobile.registry.erasure import erase
from fsmobile.registry.holdings import export_ops, export_quarantine
from fsmobile.registry.records import Erasure
from fsmobile.registry.service import RegistryService
from fsmobile.registry.sticks import import_stick
from fsmobile.registry.verification import verify_registry
from fsmobile.store import carried, drafts, erasure, ops, queries
from fsmobile.store.integrity import check_store
from fsmobile.store.ops import NewOp
from fsmobile.store.projections import rebuild
from fsmobile.store.replica import Connection
from fsmobile.sync.peer import check_peer, make_offer, own_certificate, take_offer
from fsmobile.sync.stick import export_stick, import_answer
from fsmobile.usecases import passages, visits

NOTE = "clé de la mairie chez Mme Durand"
GROUND = "demande de la personne"
DAY_MS = 86_400_000


@pytest.fixture
def registry() -> RegistryService:
    return a_registry()


@pytest.fixture
def pair(registry: RegistryService) -> tuple[Laptop, Laptop]:
    return a_laptop(registry), a_laptop(registry, seed=3, name="b")


def record(laptop: Laptop, note: str | None = NOTE) -> str:
    return visits.record_visit(laptop.desk, a_visit(note=note))


def words_in(connection: Connection) -> str:
    """Return everything that a store says, whatever the table."""
    return "\n".join(connection.iterdump()) + "".join(
        bytes(value).decode("utf-8", "replace")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for row in connection.execute(f"SELECT * FROM {name}")
        for value in row
        if isinstance(value, bytes)
    )


def rows_in(connection: Connection) -> list[str]:
    """Return every row, but for how words are laid out and for figures that are counted again."""
    return [
        line
        for line in connection.iterdump()
        if '"search_' not in line and '"figure_day"' not in line
    ]


def assert_gone(*laptops: Laptop) -> None:
    for laptop in laptops:
        assert "Durand" not in words_in(laptop.replica.connection)
        assert check_store(laptop.replica).is_sound


def late(registry: RegistryService) -> list[str]:
    return [one.device.name for one in list_unconfirmed(registry.storage)]


def a_copy(laptop: Laptop) -> Connection:
    copy = type(laptop.replica.connection)(":memory:", isolation_level=None)
    laptop.replica.connection.backup(copy)
    return copy


def test_every_laptop_erases_confirms_and_stays_provable(registry, pair):
    one, other = pair
    visit_id = record(one)
    kept = record(one, "sans nom")
    visits.correct_visit(one.desk, visit_id, {"note": NOTE + " bis"})
    for laptop in (one, other):
        laptop.sync()
    assert "Durand" in words_in(other.replica.connection)
    assert len(erase(registry, [visit_id], GROUND)) == 2
    assert sorted(late(registry)) == ["b", "portable"]
    one.sync()
    assert late(registry) == ["b"]
    other.sync()
    assert late(registry) == []
    assert_gone(one, other)
    for laptop in (one, other):
        assert [row.state.visit_id for row in visits.list_visits(laptop.desk)] == [kept]
        before = rows_in(laptop.replica.connection)
        rebuild(laptop.replica)
        assert rows_in(laptop.replica.connection) == before
    assert verify_registry(registry.storage).faults == []
    assert all("Durand" not in line for line in export_ops(registry.storage))


def test_a_confirmation_takes_one_more_request_and_then_none(registry, pair):
    one, _ = pair
    visit_id = record(one)
    one.sync()
    erase(registry, [visit_id], GROUND)
    assert one.sync().requests == 2
    assert one.sync().requests == 1


def test_a_correction_alone_can_be_erased_and_the_visit_is_as_before(registry, pair):
    one, other = pair
    visit_id = record(one, "avant")
    visits.correct_visit(one.desk, visit_id, {"note": NOTE, "minutes": 40})
    one.sync()
    other.sync()
    (correction,) = [
        line.op_id for line in queries.load_history(one.replica, visit_id) if line.op_id != visit_id
    ]
    assert erase(registry, [correction], GROUND) == [correction]
    for laptop in pair:
        laptop.sync()
        state = queries.load_visit(laptop.replica, visit_id)
        assert (state.visit.note, state.visit.minutes) == ("avant", 15)
    assert_gone(one, other)


def test_a_passage_is_erased_with_its_notes_and_lives_on(registry, pair):
    one, other = pair
    passages.note_passage(one.desk, PASSAGE, NOTE)
    one.sync()
    other.sync()
    erase(registry, [PASSAGE], GROUND)
    for laptop in pair:
        laptop.sync()
    assert_gone(one, other)
    passages.note_passage(other.desk, PASSAGE, "stationnement devant l'école")
    other.sync()
    one.sync()
    assert "école" in words_in(one.replica.connection)


def test_nothing_that_is_not_held_is_erased_and_no_public_file(registry):
    coordinator = a_laptop(registry, role="coordinator")
    with pytest.raises(NotFound):
        erase(registry, ["00000000-0000-7000-8000-000000000000"], GROUND)
    data = b'{"sha256":"%s","part":0,"parts":1,"text":"nom"}' % (b"0" * 64)
    op = ops.append(coordinator.replica, coordinator.desk.agency_op("schedule.file", data))
    coordinator.sync()
    with pytest.raises(InvalidInput) as refused:
        erase(registry, [op.op_id], GROUND)
    assert refused.value.code == "erase_of_a_schedule"


def test_own_erased_ops_refill_a_registry_put_back(registry, pair):
    one, other = pair
    other.sync()
    empty = {}
    with registry.storage.transaction() as transaction:
        for table in schema.metadata.sorted_tables:
            empty[table] = transaction.connection.execute(select(table)).all()
    visit_id, kept = record(one), record(one, "sans nom")
    one.sync()
    other.sync()
    erase(registry, [visit_id], GROUND)
    one.sync()
    other.sync()
    with registry.storage.transaction() as transaction:
        for table, rows in empty.items():
            transaction.connection.execute(table.delete())
            if rows:
                transaction.connection.execute(table.insert(), [row._asdict() for row in rows])
    report = one.sync()
    assert report.is_complete
    assert "fork" not in report.healed
    with registry.storage.reading() as transaction:
        bodies = dict(
            transaction.connection.execute(select(schema.op.c.op_id, schema.op.c.body)).all()
        )
    # This registry was never told of the erasure: it takes the place in the chain, no more.
    assert bodies.keys() & {visit_id, kept} == {kept}
    fresh = a_laptop(registry, seed=9, name="neuf")
    fresh.sync()
    assert [row.state.visit_id for row in visits.list_visits(fresh.desk)] == [kept]
    assert verify_registry(registry.storage).faults == []


def test_a_laptop_put_back_is_told_again_and_must_confirm_again(registry, pair):
    one, other = pair
    visit_id = record(one)
    one.sync()
    other.sync()
    copy = a_copy(other)
    erase(registry, [visit_id], GROUND)
    one.sync()
    other.sync()
    assert late(registry) == []
    copy.backup(other.replica.connection)
    assert "Durand" in words_in(other.replica.connection)
    other.sync()
    assert_gone(other)
    assert late(registry) == []


def test_unsent_work_of_a_copy_that_was_erased_is_answered_and_goes(registry, pair):
    one, other = pair
    visit_id = record(one)
    copy = a_copy(one)
    one.sync()
    erase(registry, [visit_id], GROUND)
    one.sync()
    copy.backup(one.replica.connection)
    visits.correct_visit(one.desk, visit_id, {"note": NOTE + " ter"})
    one.sync()
    other.sync()
    assert_gone(one, other)
    assert all("Durand" not in line for line in export_ops(registry.storage))
    assert late(registry) == []


def test_a_correction_made_before_its_laptop_knew_goes_too(registry, pair):
    one, other = pair
    visit_id = record(one)
    one.sync()
    other.sync()
    visits.correct_visit(other.desk, visit_id, {"note": NOTE + " corrigé"})
    erase(registry, [visit_id], GROUND)
    other.sync()
    one.sync()
    assert_gone(one, other)
    assert all("Durand" not in line for line in export_ops(registry.storage))
    codes = dict(other.replica.connection.execute("SELECT op_id, code FROM outcome").fetchall())
    assert set(codes.values()) == {"erased"}


def test_an_old_stick_brings_nothing_back(registry, pair):
    one, other = pair
    visit_id = record(one)
    data = export_stick(one.replica, one.key, load_wire_dictionary()).data
    one.sync()
    erase(registry, [visit_id], GROUND)
    one.sync()
    answer = import_stick(registry, data, load_wire_dictionary()).answer
    import_answer(one.replica, one.key, answer, load_wire_dictionary())
    other.sync()
    assert_gone(one, other)
    assert all("Durand" not in line for line in export_ops(registry.storage))
    assert late(registry) == []


def test_a_stick_that_was_never_read_is_answered_erased(registry, pair):
    one, _ = pair
    visit_id = record(one)
    data = export_stick(one.replica, one.key, load_wire_dictionary()).data
    one.sync()
    with registry.storage.transaction() as transaction:
        for table in (schema.op, schema.link, schema.writer):
            transaction.connection.execute(table.delete())
        transaction.erase_bodies([Erasure(visit_id, 5, GROUND, unit_scope(UNIT))])
    answer = import_stick(registry, data, load_wire_dictionary()).answer
    assert all("Durand" not in line for line in export_ops(registry.storage))
    import_answer(one.replica, one.key, answer, load_wire_dictionary())
    assert_gone(one)


def test_laptops_that_live_by_sticks_erase_and_confirm(registry, pair):
    one, other = pair
    visit_id = record(one)
    one.sync()
    other.sync()
    erase(registry, [visit_id], GROUND)
    for _ in range(2):
        data = export_stick(other.replica, other.key, load_wire_dictionary()).data
        answer = import_stick(registry, data, load_wire_dictionary()).answer
        import_answer(other.replica, other.key, answer, load_wire_dictionary())
    assert_gone(other)
    assert late(registry) == ["portable"]


def give(giver: Laptop, taker: Laptop) -> None:
    """One laptop gives the other what it has, on a cable."""
    offer = make_offer(
        giver.replica,
        giver.key,
        check_peer(giver.replica, own_certificate(taker.replica)),
        load_wire_dictionary(),
    )
    peer = check_peer(taker.replica, own_certificate(giver.replica))
    take_offer(taker.replica, taker.key, peer, offer, load_wire_dictionary())


def test_what_is_carried_for_the_other_laptop_goes_and_does_not_come_back(registry, pair):
    one, other = pair
    visit_id = record(one)
    give(one, other)
    assert len(carried.list_carried(other.replica)) == 1
    copy = a_copy(one)
    one.sync()
    erase(registry, [visit_id], GROUND)
    other.sync()
    assert carried.list_carried(other.replica) == []
    assert_gone(other)
    copy.backup(one.replica.connection)
    give(one, other)
    assert visits.list_visits(other.desk) == []
    assert_gone(other)
    assert carried.list_carried(other.replica) == []
    one.sync()
    other.sync()
    assert_gone(one)


def test_a_peer_orders_nothing(registry, pair):
    one, other = pair
    visit_id = record(other)
    other.sync()
    forged = NewOp(
        kind=ERASE,
        schema=1,
        scope=unit_scope(UNIT),
        agent_id=one.desk.agent_id,
        data=b'{"targets":["%s"],"ground":"x"}' % visit_id.encode(),
    )
    ops.append(one.replica, forged)
    give(one, other)
    report = one.sync()
    assert [code for _, code in report.refused] == ["rejected"]
    other.sync()
    assert "Durand" in words_in(other.replica.connection)


def test_drafts_that_correct_it_go_too(registry, pair):
    one, _ = pair
    visit_id, kept = record(one), record(one, "sans nom")
    one.sync()
    for name in (visit_id, kept):
        draft = drafts.new_draft_id(one.replica)
        drafts.save_draft(one.replica, draft, f'{{"correcting":"{name}","note":"Durand"}}')
    erase(registry, [visit_id], GROUND)
    one.sync()
    assert [kept in draft.state for draft in drafts.list_drafts(one.replica)] == [True]


def test_a_revoked_laptop_is_a_named_risk_until_a_person_closes_it(registry, pair):
    one, other = pair
    visit_id = record(one)
    one.sync()
    other.sync()
    with pytest.raises(InvalidInput):
        close_risk(registry, "b", "perdu")
    revoke(registry, "b")
    registry.clock.ms += 1
    erase(registry, [visit_id], GROUND)
    one.sync()
    registry.clock.ms += 15 * DAY_MS
    (risk,) = list_unconfirmed(registry.storage)
    now = registry.clock.now_ms()
    assert (risk.device.name, risk.days(now), risk.orders) == ("b", 15, 1)
    assert count_late([risk], now) == {0: 1, 7: 1, 14: 1, 30: 0}
    close_risk(registry, "b", "détruit, procès-verbal 12")
    assert late(registry) == []
    assert [one.reason for one in list_closed(registry.storage)] == ["détruit, procès-verbal 12"]


def test_what_a_revoked_laptop_hands_in_is_not_kept_when_it_was_erased(registry, pair):
    one, other = pair
    visit_id = record(one)
    one.sync()
    other.sync()
    visits.correct_visit(other.desk, visit_id, {"note": NOTE + " bis"})
    revoke(registry, "b")
    erase(registry, [visit_id], GROUND)
    with pytest.raises(NotAllowed):
        other.sync()
    assert list(export_quarantine(registry.storage)) == []


def test_a_refused_op_is_erased_at_its_author_whatever_its_scope(registry, pair):
    one, _ = pair
    new = NewOp(
        kind="meteo.observe",
        schema=1,
        scope="unit:ailleurs/bus-9",
        agent_id=one.desk.agent_id,
        data=b'{"note":"Durand"}',
    )
    op = ops.append(one.replica, new)
    one.sync()
    erase(registry, [op.op_id], GROUND)
    one.sync()
    assert_gone(one)
    assert late(registry) == []


def test_a_refused_op_is_erased_at_the_laptop_that_it_was_given_to(registry, pair):
    one, other = pair
    new = NewOp(
        kind=VISIT_RECORD,
        schema=1,
        scope=unit_scope(UNIT),
        agent_id=one.desk.agent_id,
        data=b'{"minutes":"Durand"}',
    )
    op = ops.append(one.replica, new)
    give(one, other)
    assert "Durand" in words_in(other.replica.connection)
    assert [code for _, code in one.sync().refused] == ["rejected"]
    other.sync()
    erase(registry, [op.op_id], GROUND)
    other.sync()
    one.sync()
    assert_gone(one, other)
    assert late(registry) == []


def test_a_laptop_enrolled_after_the_erasure_has_nothing_to_confirm(registry, pair):
    one, _ = pair
    visit_id = record(one)
    one.sync()
    erase(registry, [visit_id], GROUND)
    registry.clock.ms += 1
    a_laptop(registry, seed=8, name="neuf")
    assert sorted(late(registry)) == ["b", "portable"]


def test_an_erased_op_is_sent_as_its_place_in_the_chain(registry, pair):
    one, _ = pair
    visit_id = record(one)
    with one.replica.write() as connection:
        erasure.erase_here(connection, [visit_id])
    (writer,) = ops.list_writers(one.replica)
    chunk = ops.read_chunk(one.replica, writer, ops_max=9, bytes_max=9)
    assert [type(item) for item in chunk.items] == [ErasedOp]
    assert one.sync().is_complete
    assert verify_registry(registry.storage).faults == []


def test_what_was_quarantined_goes_with_its_visit(registry, pair):
    one, other = pair
    visit_id = record(one)
    one.sync()
    other.sync()
    visits.correct_visit(other.desk, visit_id, {"note": NOTE + " bis"})
    revoke(registry, "b")
    with pytest.raises(NotAllowed):
        other.sync()
    assert len(list(export_quarantine(registry.storage))) == 1
    erase(registry, [visit_id], GROUND)
    assert list(export_quarantine(registry.storage)) == []
