"""Verifying a laptop's journal with nothing but the registry's public key.

The certificate says whose it is, every hash and chain value is recomputed, and the last receipt,
signed by the registry, says how many acts there must be. The acts after the last receipt are
chained too, but nobody else has seen them: a cut at the end goes unnoticed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from fsmobile.protocol.certificates import decode_certificate, device_of
from fsmobile.protocol.chain import first_chain, hash_body, next_chain
from fsmobile.protocol.handovers import Handover
from fsmobile.protocol.journal_files import JournalFile, JournalLink, JournalWriter
from fsmobile.protocol.journal_records import JOURNAL_NOTE
from fsmobile.protocol.key_succession import follow, past_of
from fsmobile.protocol.messages import Receipt, decode_receipt
from fsmobile.protocol.ops import Op, read_op
from fsmobile.protocol.signatures import is_signed_by


@dataclass(slots=True, kw_only=True)
class JournalCheck:
    """What a check found."""

    name: str = ""
    unit: str = ""
    notes: list[Op] = field(default_factory=list)
    """Journal ops whose body is the one that was chained."""
    proven: int = 0
    """Acts covered by a receipt: none of them can be missing or changed."""
    unproven: int = 0
    """Acts since the last receipt."""
    faults: list[str] = field(default_factory=list)
    """Technical words, like those of `store check`."""


def verify_journal(
    journal: JournalFile, registry_key: bytes, known: Sequence[Handover] = ()
) -> JournalCheck:
    """Check a journal; its faults list whatever was changed, removed, moved or cut.

    The registry may have renewed its key, before by what is known here, or since by the file.
    """
    found = JournalCheck()
    keys = _keys_around(registry_key, [*known, *journal.succession])
    try:
        certificate = decode_certificate(journal.certificate)
    except msgspec.DecodeError:
        certificate = None
    if certificate is None or not is_signed_by(keys, certificate.message(), certificate.signature):
        found.faults.append("certificate")
        return found
    found.name, found.unit = certificate.name, certificate.unit
    device_id = device_of(certificate)
    moved = {(one.parent, one.parent_seq) for one in journal.writers}
    for one in journal.writers:
        _check_writer(one, device_id, keys, moved, found)
    return found


def _check_writer(
    one: JournalWriter,
    device_id: bytes,
    keys: Sequence[bytes],
    moved: set[tuple[bytes | None, int]],
    found: JournalCheck,
) -> None:
    name = one.writer.hex()[:8]
    chain = first_chain(device_id, one.writer)
    chains = [chain]
    for seq, link in enumerate(one.links, start=1):
        try:
            chain = next_chain(chain, seq, link.op_id, link.hash)
        except ValueError:
            found.faults.append(f"chain {name}/{seq}")
        chains.append(chain)
        found.notes += _read_note(link, found)
    total = len(one.links)
    receipt = _receipt_of(one, keys)
    if receipt is None:
        found.unproven += total
        if one.receipt is not None:
            found.faults.append(f"receipt {name}")
    elif receipt.seq > total:
        # What the registry had lost was sent again under the next writer.
        if (one.writer, total) not in moved:
            found.faults.append(f"cut {name}: {total} < {receipt.seq}")
    elif chains[receipt.seq] != receipt.chain:
        found.faults.append(f"chain {name}/{receipt.seq}")
    else:
        found.proven += receipt.seq
        found.unproven += total - receipt.seq


def _read_note(link: JournalLink, found: JournalCheck) -> list[Op]:
    if link.body is None:
        return []
    try:
        op = read_op(link.body)
    except ValueError:
        op = None
    if op is None or hash_body(link.body) != link.hash or op.op_id != link.op_id:
        found.faults.append(f"body {link.op_id}")
        return []
    return [op] if op.kind == JOURNAL_NOTE else []


def _receipt_of(one: JournalWriter, keys: Sequence[bytes]) -> Receipt | None:
    try:
        receipt = None if one.receipt is None else decode_receipt(one.receipt)
    except (msgspec.DecodeError, ValueError):
        return None
    if receipt is None or receipt.writer != one.writer:
        return None
    return receipt if is_signed_by(keys, receipt.message(), receipt.signature) else None


def _keys_around(key: bytes, succession: Sequence[Handover]) -> list[bytes]:
    """Return the keys that led to one, and those that it led to."""
    last = follow(key, succession)
    newest = key if last is None else last.new
    return [newest, *(one.old for one in past_of(newest, succession))]
