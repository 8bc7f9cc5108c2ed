"""The second copy: what has no receipt, sealed to the registry, kept on another disk.

Each time it is written whole, replacing the previous one; it is removed once every op has a
receipt. If the laptop is lost, any other one hands the copy in (`sync.hand_in`). A laptop restored
from an old image finds in it what the image lacks, and hands it in itself.
"""

import os
from pathlib import Path

from fsmobile.errors import InvalidInput, NotAllowed, NotFound
from fsmobile.protocol import messages
from fsmobile.protocol.bundle import read_header, write_bundle
from fsmobile.protocol.compression import LAPTOP_LEVEL, Codec
from fsmobile.protocol.envelope import seal
from fsmobile.protocol.signatures import SigningKey
from fsmobile.store import cursors, identity, ops
from fsmobile.store.files import write_durably
from fsmobile.store.identity import Enrolment
from fsmobile.store.replica import Replica
from fsmobile.store.second_copy import SecondCopy, load_copy, save_copy
from fsmobile.sync.hand_in import BundleDoor, hand_in
from fsmobile.sync.stick import UP, requests_of

SUFFIX = ".fsbundle"


def keep_copy(
    replica: Replica, key: SigningKey, dictionary: bytes, folder: Path
) -> SecondCopy | None:
    """Write what has no receipt into the folder; return None when everything has one.

    Raises:
        NotFound: the folder does not exist (the stick is not plugged in).
        StoreFull: the folder cannot take the file; the previous one is still there.
        NotAllowed: the laptop is not enrolled.
    """
    enrolment = identity.load_enrolment(replica)
    if enrolment is None:
        raise NotAllowed("not_enrolled")
    if not folder.is_dir():
        # The stick is out: the copy on it remains, even if all of it has a receipt by now.
        raise NotFound("folder", str(folder))
    writers = ops.list_writers(replica)
    path = _path(folder, enrolment, writers[-1].writer)
    _set_aside(path, key, load_copy(replica))
    if all(writer.acked_seq == writer.last_seq for writer in writers):
        path.unlink(missing_ok=True)
        if load_copy(replica) is not None:
            save_copy(replica, None)
        return None
    copy = _write_copy(replica, enrolment, key, dictionary, path)
    save_copy(replica, copy)
    return copy


def _write_copy(
    replica: Replica, enrolment: Enrolment, key: SigningKey, dictionary: bytes, path: Path
) -> SecondCopy:
    writers = ops.list_writers(replica)
    reading = cursors.load_reading(replica)
    requests = [
        request
        for writer in writers
        for request in requests_of(replica, enrolment, writer, reading, asks_for_news=False)
    ]
    file_id = replica.chance.token(16)
    data = write_bundle(
        envelopes=[seal(messages.encode(request), key.sign) for request in requests],
        kind=UP,
        key=key,
        reader=enrolment.registry_box_key,
        file_id=file_id,
        ephemeral_secret=replica.chance.token(32),
        now=replica.clock.now_ms(),
        codec=Codec(LAPTOP_LEVEL, dictionary),
    )
    write_durably(path, data)
    return SecondCopy(
        made_at=replica.clock.now_ms(),
        file=str(path),
        file_id=file_id.hex(),
        ops=sum(len(request.writer.ops) for request in requests),
        last_seqs={writer.writer.hex(): writer.last_seq for writer in writers},
    )


def hand_in_left_copies(
    replica: Replica, enrolment: Enrolment, door: BundleDoor, key: SigningKey, folder: Path
) -> int:
    """Hand in copies left by an earlier life of this laptop; return how many ops were new.

    A store restored from an image writes under another name, so the earlier copy is still there. A
    file is removed only once the registry has said that it holds its ops.

    Raises:
        RegistryUnreachable, BadSignature: the files are kept.
    """
    own = _path(folder, enrolment, ops.list_writers(replica)[-1].writer)
    found = 0
    for path in sorted(folder.glob(f"*_copie_*{SUFFIX}")):
        data = _read_own(path, key) if path != own else None
        if data is None:
            continue
        try:
            done = hand_in(door, enrolment, key, data)
        except (InvalidInput, NotAllowed):
            # The file was altered, or this laptop was revoked: left for a person.
            continue
        found += done.applied
        if not done.missing:
            path.unlink(missing_ok=True)
    return found


def _set_aside(path: Path, key: SigningKey, known: SecondCopy | None) -> None:
    """Rename a copy that this store did not write: it may hold more.

    A home folder restored whole from an image writes under its old name, until the registry tells
    it that it was restored.
    """
    data = _read_own(path, key)
    if data is None:
        return
    file_id = read_header(data).file_id.hex()
    if known is None or file_id != known.file_id:
        os.replace(path, path.with_stem(f"{path.stem}_{file_id[:12]}"))


def _read_own(path: Path, key: SigningKey) -> bytes | None:
    try:
        data = path.read_bytes()
        return data if read_header(data).sender == key.public else None
    except (OSError, ValueError):
        return None


def _path(folder: Path, enrolment: Enrolment, writer: bytes) -> Path:
    unit = enrolment.unit_id.replace("/", "_")
    return folder / f"{unit}_copie_{writer.hex()[:12]}{SUFFIX}"
