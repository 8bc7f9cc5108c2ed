"""Backing up and restoring a registry: with a new epoch, and erasures repeated."""

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

from sqlalchemy import Engine, inspect

from fsmobile.core.ids import make_uuid7
from fsmobile.core.ports import Chance, Clock
from fsmobile.errors import InvalidInput, NotFound
from fsmobile.registry import database, schema
from fsmobile.registry.erasure_orders import renew_erasures
from fsmobile.registry.fleet.account_rows import AccountRows
from fsmobile.registry.moves import take_word_from
from fsmobile.registry.orders import OrderBook
from fsmobile.registry.postgresql_backup import (
    back_up_postgresql,
    put_back_postgresql,
    read_dump,
)
from fsmobile.registry.records import DeviceRow, Erasure, Event, EventKind
from fsmobile.registry.signing_keys import KEY, KeyRing, load_keys, save_keys
from fsmobile.registry.sqlite_backup import (
    back_up_sqlite,
    check_sqlite_file,
    put_back_sqlite,
)
from fsmobile.registry.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """The result of restoring a backup."""

    ops: int
    lost: int
    """Ops that the replaced database held beyond the backup; laptops will send them again."""
    erased: int
    """Erasures done again."""
    revoked: int
    """Laptops revoked again, because the replaced database said so."""


def back_up(engine: Engine, target: Path) -> dict[str, int]:
    """Write a backup and verify it; return how many rows of each table it holds.

    Raises:
        InvalidInput: the target exists, or the backup does not hold what it should.
        NotFound: PostgreSQL's own program is not on this machine.
    """
    if target.exists():
        raise InvalidInput("registry_backup_exists", path=str(target))
    if engine.dialect.name == "sqlite":
        return back_up_sqlite(engine, target)
    return back_up_postgresql(engine, target)


def restore(
    engine: Engine, backup: Path, clock: Clock, chance: Chance, erasures: Iterable[Erasure] = ()
) -> Restoration:
    """Restore a backup over a registry, or where there is none yet.

    A new epoch is opened, so that no laptop trusts what this history may have lost, and what
    was erased since the backup is erased again before anybody can ask for it. Whom the replaced
    database had revoked stays revoked.

    Raises:
        InvalidInput: the backup is damaged, or is that of another registry.
        NotFound: no such file.
        StoreBusy: it is restored and erased, but somebody still reads an older snapshot.
    """
    if not backup.is_file():
        raise NotFound("file", str(backup))
    before = _state_of(engine)
    again = [*erasures, *before.erasures]
    if engine.dialect.name == "sqlite":
        check_sqlite_file(backup)
        done = _restore_sqlite(engine, backup, clock, chance, before, again)
    else:
        _refuse_another(read_dump(backup).key, before)
        put_back_postgresql(backup, engine)
        done = _renew(engine, clock, chance, before, again)
    if done.erased:
        Storage(engine).scrub()
    return done


def log_erasures(path: Path, erasures: Iterable[Erasure]) -> None:
    """Record erasures outside the database, ids only: a backup knows nothing of later ones."""
    with path.open("a", encoding="utf-8") as file:
        for one in erasures:
            line = {"op": one.op_id, "at": one.at, "ground": one.ground, "scope": one.scope}
            file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_erasures(path: Path) -> list[Erasure]:
    """Read erasures back; none where there is no file."""
    if not path.exists():
        return []
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [
        Erasure(str(one["op"]), int(one["at"]), str(one["ground"]), str(one.get("scope", "")))
        for one in lines
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """What there was before."""

    keys: KeyRing | None
    gsn: int
    erasures: list[Erasure]
    revoked: dict[bytes, int]
    """Laptop → when it was revoked."""
    renewed: list[DeviceRow]
    """Laptops that have renewed their key."""


def _state_of(engine: Engine) -> _Before:
    known = set(inspect(engine).get_table_names())
    if not {table.name for table in (schema.setting, schema.op, schema.erased)} <= known:
        return _Before(keys=None, gsn=0, erasures=[], revoked={}, renewed=[])
    database.migrate(engine)
    with Storage(engine).reading() as transaction:
        return _Before(
            keys=load_keys(transaction),
            gsn=transaction.last_gsn(),
            erasures=transaction.list_erased(),
            revoked={
                device.device_id: device.revoked_at
                for device, _seen in transaction.list_devices()
                if device.revoked_at is not None
            },
            renewed=[device for device, _seen in transaction.list_devices() if device.former],
        )


def _restore_sqlite(
    engine: Engine,
    backup: Path,
    clock: Clock,
    chance: Chance,
    before: _Before,
    erasures: list[Erasure],
) -> Restoration:
    """Prepare a copy, then put it in place in one step."""
    prepared = Path(engine.url.database or "").with_name("registry.restauration")
    prepared.unlink(missing_ok=True)
    try:
        copyfile(backup, prepared)
        copy = database.open_engine(f"sqlite:///{prepared}")
        with closing(_Disposed(copy)):
            done = _renew(copy, clock, chance, before, erasures)
        put_back_sqlite(prepared, engine)
    finally:
        for leftover in prepared.parent.glob(prepared.name + "*"):
            leftover.unlink()
    return done


@dataclass(frozen=True, slots=True)
class _Disposed:
    """An engine that ends with its block."""

    engine: Engine

    def close(self) -> None:
        self.engine.dispose()


def _renew(
    engine: Engine, clock: Clock, chance: Chance, before: _Before, erasures: list[Erasure]
) -> Restoration:
    database.migrate(engine)
    now = clock.now_ms()
    with Storage(engine).transaction() as transaction:
        _refuse_another(transaction.get_setting(KEY), before)
        if before.keys is not None:
            # Laptops that follow a key renewed since the backup believe none before it.
            save_keys(transaction, before.keys)
        gsn = transaction.last_gsn()
        transaction.open_epoch(chance.token(16), gsn, now, "restored from a backup")
        lost = max(0, before.gsn - gsn)
        event = Event(now, EventKind.REGISTRY_RESTORED, None, str(lost))
        transaction.add_event(make_uuid7(now, chance.token(10)), event)
        book = OrderBook(transaction=transaction, clock=clock, chance=chance)
        erased = renew_erasures(book, erasures)
        revoked = _revoke_again(book, before.revoked)
        for device in before.renewed:
            known = transaction.find_device(device.device_id)
            if known is not None and known.public_key in device.former_keys:
                # The key of the backup may be why it was renewed.
                transaction.renew_device_key(device)
        # Sessions that have ended since the backup must not come back to life.
        AccountRows(transaction.connection).end_all_sessions()
    return Restoration(ops=gsn, lost=lost, erased=erased, revoked=revoked)


def _revoke_again(book: OrderBook, revoked: Mapping[bytes, int]) -> int:
    """Revoke the laptops that the backup still trusts; return how many."""
    again = [
        device
        for device, _seen in book.transaction.list_devices()
        if device.device_id in revoked and device.revoked_at is None
    ]
    for device in again:
        take_word_from(book, device, revoked[device.device_id])
    return len(again)


def _refuse_another(key: bytes | None, before: _Before) -> None:
    known = before.keys
    if key is None or (known is not None and key not in (one.seed for one in known.all)):
        raise InvalidInput("registry_backup_of_another")
