"""The second copy: what has no receipt, sealed to the registry, kept on another disk.

Made again whole each time, beside the one it replaces; taken away once all has a receipt.
A laptop that is lost leaves it to any other one, which hands it in (`sync.hand_in`). One
that was put back from an old image finds in it what the image lacks, and hands it in itself.
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
        NotFound: the folder is not there (the stick is not in).
        StoreFull: it cannot take the file; the one before is still there.
        NotAllowed: the laptop is not enrolled.
    """
    enrolment = identity.load_enrolment(replica)
    if enrolment is None:
        raise NotAllowed("not_enrolled")
    if not folder.is_dir():
        # The stick is out: what is on it is there still, whatever has its receipt since.
        raise NotFound("folder", str(folder))
    writers = ops.list_writers(replica)
    path = _path(folder, enrolment, writers[-1].writer)
    _set_aside(path, key, load_copy(replica))
    if all(writer.acked_seq == writer.last_seq for writer in writers):
        path.unlink(missing_ok=True)
        if load_copy(replica) is not None:
            save_copy(replica, None)
        return None
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
    copy = SecondCopy(
        made_at=replica.clock.now_ms(),
        file=str(path),
        file_id=file_id.hex(),
        ops=sum(len(request.writer.ops) for request in requests),
        last_seqs={writer.writer.hex(): writer.last_seq for writer in writers},
    )
    save_copy(replica, copy)
    return copy


def hand_in_left_copies(
    replica: Replica, enrolment: Enrolment, door: BundleDoor, key: SigningKey, folder: Path
) -> int:
    """Hand in the copies that an earlier life of this laptop left; return how many ops were new.

    A store put back from an image writes under another name: what its copy held beyond the
    image is still beside it. A file goes only when the registry has said that it holds it.

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
            # Not as it was written any more, or this laptop was revoked: left for a person.
            continue
        found += done.applied
        if not done.missing:
            path.unlink(missing_ok=True)
    return found


def _set_aside(path: Path, key: SigningKey, known: SecondCopy | None) -> None:
    """Give another name to a copy that this store did not write: it may hold more.

    A home put back whole from an image writes under the name it had, until the registry
    tells it what it is.
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
