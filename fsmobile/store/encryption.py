"""From a plain store to an encrypted one and back: a copy, a rename, then what was plain goes.

The header says first that the store is encrypted; a power cut after that leaves a plain file
beside such a header, and the next start, once unlocked, goes on from there (`settle`).
"""

import os
from contextlib import closing
from pathlib import Path

from fsmobile.core.ports import Chance
from fsmobile.errors import OutOfStep
from fsmobile.store import cipher, database
from fsmobile.store.device_keys import is_sealed, load_key, save_key
from fsmobile.store.files import flush_folder
from fsmobile.store.key_header import KeyHeader, StoreFiles, is_plain, save_header

_BINARY = getattr(os, "O_BINARY", 0)
_BLOCK = 1024 * 1024


def encrypt(files: StoreFiles, header: KeyHeader, data_key: bytes, chance: Chance) -> None:
    """Encrypt a plain store, or begin an encrypted one where there is none.

    Raises:
        StoreBusy: another program has the store open; nothing was changed but the header.
        StoreFull: no room for a second copy; the plain one still opens.
    """
    save_header(files.header, header)
    settle(files, data_key, chance)


def settle(files: StoreFiles, data_key: bytes, chance: Chance) -> None:
    """Encrypt what is still plain beside the header of an encrypted store; often nothing."""
    if files.device_key.exists() and not is_sealed(files.device_key):
        save_key(files.device_key, load_key(files.device_key), chance, data_key)
    if files.store.exists() and is_plain(files.store):
        for part in files.store.parent.glob(database.PARTIAL_HISTORIES):
            part.unlink()
        _rewrite(files.store, None, data_key)
    _remove_copies(files.store, are_plain=True)


def decrypt(files: StoreFiles, data_key: bytes, chance: Chance) -> None:
    """Turn an encrypted store into a plain one.

    The header comes last: a cut before it leaves a store that the next start encrypts again.

    Raises:
        StoreBusy, StoreFull: as for `encrypt`.
    """
    if files.store.exists() and not is_plain(files.store):
        _rewrite(files.store, data_key, None)
    if files.device_key.exists():
        save_key(files.device_key, load_key(files.device_key, data_key), chance, None)
    save_header(files.header, KeyHeader())
    _remove_copies(files.store, are_plain=False)


def _rewrite(store: Path, key: bytes | None, new_key: bytes | None) -> None:
    """Replace a store by its copy under another key, nobody else being able to write to it."""
    copy = store.with_name(f"{store.name}.rewritten")
    copy.unlink(missing_ok=True)
    with database.translated(), closing(cipher.connect(store, key, isolation_level=None)) as held:
        held.execute("PRAGMA locking_mode = EXCLUSIVE")
        # Its log is folded in and removed: left beside, it would be read into the new file.
        held.execute("PRAGMA journal_mode = DELETE")
        held.execute("BEGIN EXCLUSIVE")
        held.execute("COMMIT")
        held.execute("ATTACH DATABASE ? AS copy KEY ?", (str(copy), _key_text(new_key)))
        held.execute("SELECT sqlcipher_export('copy')")
        _compare(held)
        held.execute("DETACH DATABASE copy")
        _flush(copy)
        _put_in_place(copy, store)


def _put_in_place(copy: Path, store: Path) -> None:
    """Rename; then overwrite what was there: who waited for its lock must not write to it.

    On a medium that writes elsewhere each time (flash), the old bytes may outlive this.
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
    """Count the rows of each table on both sides, and check the copy.

    Raises:
        OutOfStep: they differ; the store stays as it was.
    """
    tables = [
        name
        for (name,) in held.execute(
            # The rows of a search index are in tables of its own, counted with the others.
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


def _remove_copies(store: Path, *, are_plain: bool) -> None:
    """Remove the copies that the store's other form left beside it."""
    backup = database.backup_of(store)
    if backup.exists() and is_plain(backup) == are_plain:
        backup.unlink()
    for suffix in ("", "-journal"):
        store.with_name(f"{store.name}.rewritten{suffix}").unlink(missing_ok=True)
