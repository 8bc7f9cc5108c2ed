"""Encrypting a store, decrypting it, or changing its key: a copy, then a rename.

The header is written once the copy is whole and before the rename. A power cut between the two
leaves the old file beside the new header; the next start, once unlocked, finishes the work
(`settle`). Nothing is given up before its copy is complete.
"""

import os
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from msgspec.structs import replace

from fsmobile.core.ports import Chance
from fsmobile.errors import NotFound, OutOfStep, StoreBusy, StoreFull
from fsmobile.store import cipher, database, key_slots
from fsmobile.store.device_keys import is_sealed, load_key, save_key
from fsmobile.store.files import flush_folder
from fsmobile.store.key_header import (
    KeyHeader,
    SlotKind,
    StoreFiles,
    is_plain,
    load_header,
    save_header,
)
from fsmobile.store.locks import try_lock

_BINARY = getattr(os, "O_BINARY", 0)
_BLOCK = 1024 * 1024
WAIT_S = 60
"""For another program that is finishing the same work: a store of years takes that long."""


def encrypt(files: StoreFiles, header: KeyHeader, data_key: bytes, chance: Chance) -> None:
    """Encrypt a store, or prepare an encrypted one where there is none yet.

    Raises:
        StoreBusy: another program has the store open; nothing was changed.
        StoreFull: no room for a second copy; nothing was changed.
    """
    _begin(files, None, data_key, header)
    _settle(files, data_key, chance)


def rekey(files: StoreFiles, data_key: bytes, new_key: bytes, chance: Chance) -> KeyHeader:
    """Replace the data key, so that no older copy of the header opens the store.

    Passphrases and recovery words stay the same. A slot that no command added is dropped.

    Raises:
        StoreBusy, StoreFull: as for `encrypt`.
        NotAllowed: a slot still has the first shape; nothing was changed.
    """
    header = key_slots.with_new_key(load_header(files.header), data_key, new_key, chance)
    _begin(files, data_key, new_key, header)
    _settle(files, new_key, chance)
    return load_header(files.header)


def settle(files: StoreFiles, data_key: bytes, chance: Chance) -> None:
    """Finish an interrupted change, so that all files use the key that the header's slots open.

    Two programs may unlock at once: one does the work, the other waits and finds it done.

    Raises:
        StoreBusy: the other program takes too long.
    """
    if not _is_due(files):
        return
    lock = try_lock(files.lock, wait=WAIT_S)
    if lock is None:
        raise StoreBusy("store_at_work")
    try:
        _settle(files, data_key, chance)
    finally:
        lock.release()


def renew_slot(
    files: StoreFiles,
    unlocked: key_slots.Unlocked,
    secret: str,
    kind: SlotKind,
    chance: Chance,
) -> None:
    """Convert a slot of the first shape to the current one, now that its secret is known.

    The slot is left for another time when it does not open this store, when another program is
    changing the header, or when the disk is full.
    """
    with suppress(StoreFull):
        lock = try_lock(files.lock)
        if lock is None:
            return
        try:
            if not files.store.exists() or _opens(files.store, unlocked.data_key):
                header = load_header(files.header)
                header = key_slots.renewed(header, unlocked, secret, kind, chance)
                save_header(files.header, header)
        finally:
            lock.release()


def _settle(files: StoreFiles, data_key: bytes, chance: Chance) -> None:
    header = load_header(files.header)
    previous = key_slots.previous_of(header, data_key)
    if _waits(files.store, data_key, previous):
        _rewrite(files.store, None if is_plain(files.store) else previous, data_key)
    if files.device_key.exists():
        _seal_device_key(files.device_key, data_key, previous, chance)
    for part in files.store.parent.glob(database.PARTIAL_HISTORIES):
        part.unlink()
    if previous is None:
        _remove_copies(files.store, are_plain=True)
    else:
        _remove_copies(files.store)
        save_header(files.header, replace(header, previous=b""))


def decrypt(files: StoreFiles, data_key: bytes, chance: Chance) -> None:
    """Remove the encryption of a store.

    The header comes last: after a power cut before it, the next start encrypts the store again.

    Raises:
        StoreBusy, StoreFull: as for `encrypt`.
    """
    if files.store.exists() and not is_plain(files.store):
        _rewrite(files.store, data_key, None)
    if files.device_key.exists():
        save_key(files.device_key, load_key(files.device_key, data_key), chance, None)
    save_header(files.header, KeyHeader())
    _remove_copies(files.store, are_plain=False)


def _begin(files: StoreFiles, key: bytes | None, new_key: bytes, header: KeyHeader) -> None:
    """Write a header, and rewrite the store for it if there is a store."""
    if files.store.exists() and is_plain(files.store) == (key is None):
        _rewrite(files.store, key, new_key, lambda: save_header(files.header, header))
    else:
        save_header(files.header, header)


def _is_due(files: StoreFiles) -> bool:
    """Tell whether a change was interrupted, or something unencrypted is left."""
    stores = (files.store, database.backup_of(files.store))
    return (
        bool(load_header(files.header).previous)
        or any(path.exists() and is_plain(path) for path in stores)
        or (files.device_key.exists() and not is_sealed(files.device_key))
        or _copy_of(files.store).exists()
    )


def _waits(store: Path, data_key: bytes, previous: bytes | None) -> bool:
    """Tell whether the store is still unencrypted, or still uses the previous key."""
    if not store.exists():
        return False
    return is_plain(store) or (previous is not None and not _opens(store, data_key))


def _opens(store: Path, key: bytes) -> bool:
    try:
        with database.translated(), closing(cipher.connect(store, key)) as held:
            held.execute("SELECT count(*) FROM sqlite_schema")
    except OutOfStep:
        return False
    return True


def _seal_device_key(path: Path, data_key: bytes, previous: bytes | None, chance: Chance) -> None:
    """Seal a device key that is not sealed, or sealed with the previous key."""
    if not is_sealed(path):
        save_key(path, load_key(path), chance, data_key)
    elif previous is not None:
        try:
            load_key(path, data_key)
        except NotFound:
            save_key(path, load_key(path, previous), chance, data_key)


def _rewrite(
    store: Path,
    key: bytes | None,
    new_key: bytes | None,
    announce: Callable[[], None] | None = None,
) -> None:
    """Replace a store by a copy under another key, while nobody else can write to it."""
    copy = _copy_of(store)
    with database.translated(), closing(cipher.connect(store, key, isolation_level=None)) as held:
        held.execute("PRAGMA locking_mode = EXCLUSIVE")
        # The log is folded in and removed: left behind, it would be replayed into the new file.
        held.execute("PRAGMA journal_mode = DELETE")
        held.execute("BEGIN EXCLUSIVE")
        held.execute("COMMIT")
        try:
            copy.unlink(missing_ok=True)
            held.execute("ATTACH DATABASE ? AS copy KEY ?", (str(copy), _key_text(new_key)))
            held.execute("SELECT sqlcipher_export('copy')")
            _compare(held)
            held.execute("DETACH DATABASE copy")
            _flush(copy)
        except Exception:
            # Free the space on a full disk; the store itself is as it was.
            with suppress(OSError):
                copy.unlink(missing_ok=True)
            raise
        if announce is not None:
            announce()
        _put_in_place(copy, store)


def _put_in_place(copy: Path, store: Path) -> None:
    """Put the copy in the store's place, then overwrite the old file.

    Whoever waited for the old file's lock must not write to it. On flash memory, which writes
    elsewhere each time, the old bytes may survive this.
    """
    old = os.open(store, os.O_RDWR | _BINARY)
    try:
        os.replace(copy, store)
        flush_folder(store.parent)
        for start in range(0, os.fstat(old).st_size, _BLOCK):
            os.lseek(old, start, os.SEEK_SET)
            os.write(old, bytes(min(_BLOCK, os.fstat(old).st_size - start)))
        os.fsync(old)
    finally:
        os.close(old)


def _compare(held: database.Connection) -> None:
    """Compare the number of rows of each table, and check the integrity of the copy.

    Raises:
        OutOfStep: they differ; the store stays as it was.
    """
    tables = [
        name
        for (name,) in held.execute(
            # A search index keeps its rows in tables of its own, which are counted with the others.
            "SELECT name FROM main.sqlite_schema WHERE type = 'table'"
            " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        )
    ]
    for table in tables:
        counts = {
            held.execute(f'SELECT count(*) FROM {side}."{table}"').fetchone()[0]
            for side in ("main", "copy")
        }
        if len(counts) != 1:
            raise OutOfStep("store_copy_differs", table=table)
    if held.execute("PRAGMA copy.integrity_check").fetchone() != ("ok",):
        raise OutOfStep("store_copy_differs", table="integrity_check")


def _key_text(key: bytes | None) -> str:
    return "" if key is None else cipher.raw_key(key)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | _BINARY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_copies(store: Path, *, are_plain: bool | None = None) -> None:
    """Remove the copies left beside the store: unencrypted ones, encrypted ones, or (None) all."""
    backup = database.backup_of(store)
    if backup.exists() and are_plain in (None, is_plain(backup)):
        backup.unlink()
    copy = _copy_of(store)
    for path in (copy, copy.with_name(f"{copy.name}-journal")):
        path.unlink(missing_ok=True)


def _copy_of(store: Path) -> Path:
    return store.with_name(f"{store.name}.rewritten")
