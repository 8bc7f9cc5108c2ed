"""A stick at the registry: its envelopes go through the same door as the network's."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from fsmobile.errors import InvalidInput
from fsmobile.protocol import messages
from fsmobile.protocol.bundle import Bundle, read_bundle, read_header, write_bundle
from fsmobile.protocol.certificates import device_id_of
from fsmobile.protocol.compression import REGISTRY_LEVEL, Codec
from fsmobile.protocol.envelope import seal, unseal
from fsmobile.protocol.messages import Answered, SyncAnswer, SyncReply
from fsmobile.protocol.ops import read_op
from fsmobile.registry.records import DeviceRow
from fsmobile.registry.service import RegistryService
from fsmobile.registry.storage import Transaction

UP, DOWN = "up", "down"
OPS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The result of importing a stick, and the file to put back on it."""

    device: DeviceRow
    applied: int
    """Ops that were new here."""
    aside: int
    """Ops of the file that are in quarantine, for a person to look at."""
    missing: int
    """Ops that are neither held nor quarantined nor erased: the file is still needed."""
    handed: int
    """Ops that the answer takes to the laptop."""
    refused: tuple[str, ...]
    """Names of the answers that carry no receipt."""
    answer: bytes


def import_stick(service: RegistryService, data: bytes, dictionary: bytes) -> Imported:
    """Take in a laptop's file and write the answer, sealed to that laptop.

    Raises:
        InvalidInput: not a laptop's file, cut short, altered, sealed to another registry,
            or written by a laptop that is not enrolled here.
    """
    codec = Codec(REGISTRY_LEVEL, dictionary)
    bundle = _read(service, data, codec)
    with service.storage.transaction() as transaction:
        device = transaction.find_device(_device_in(bundle))
        before = transaction.last_gsn()
    if device is None:
        raise InvalidInput("stick_of_unknown_device")
    answers = [service.answer(envelope) for envelope in bundle.envelopes]
    with service.storage.transaction() as transaction:
        # It may have handed over to another key meanwhile, which alone opens the answer.
        device = transaction.find_device(device.device_id) or device
        if bundle.header.sender not in (device.public_key, *device.former_keys):
            raise InvalidInput("stick_of_unknown_device")
        applied = transaction.last_gsn() - before
        waiting, missing = _look_for(transaction, device, _ids_in(bundle))
    replies = [answer for _counter, answer in answers if isinstance(answer, SyncReply)]
    return Imported(
        device=device,
        applied=applied,
        aside=waiting,
        missing=missing,
        handed=sum(len(reply.pull.ops) for reply in replies),
        refused=tuple(
            type(answer).__name__ for _, answer in answers if not isinstance(answer, SyncReply)
        ),
        answer=_write_answers(service, bundle, device, answers, codec),
    )


def _write_answers(
    service: RegistryService,
    bundle: Bundle,
    device: DeviceRow,
    answers: Sequence[tuple[int, SyncAnswer]],
    codec: Codec,
) -> bytes:
    """Return the answers to a file, as a file sealed to its laptop."""
    return write_bundle(
        envelopes=[
            seal(messages.encode(Answered(counter=counter, answer=answer)), service.key.sign)
            for counter, answer in answers
        ],
        kind=DOWN,
        key=service.key,
        reader=device.box_key,
        file_id=service.chance.token(16),
        ephemeral_secret=service.chance.token(32),
        now=service.clock.now_ms(),
        codec=codec,
        answers=bundle.header.file_id,
        succession=service.past.succession,
    )


def _device_in(bundle: Bundle) -> bytes:
    """Return the device that a file says it is of; each request in it is proven by itself."""
    for envelope in bundle.envelopes:
        with suppress(ValueError, msgspec.DecodeError):
            return messages.decode_request(unseal(envelope)[0]).device_id
    return device_id_of(bundle.header.sender)


def _ids_in(bundle: Bundle) -> list[str]:
    """Return the ids of all ops of a file; an envelope that is no request has none."""
    found: list[str] = []
    for envelope in bundle.envelopes:
        with suppress(ValueError, msgspec.DecodeError):
            request = messages.decode_request(unseal(envelope)[0])
            found += [
                read_op(item).op_id if isinstance(item, bytes) else item.op_id
                for item in request.writer.ops
            ]
    return found


def _look_for(transaction: Transaction, device: DeviceRow, op_ids: list[str]) -> tuple[int, int]:
    """Count the ops that are in quarantine, and those that are nowhere."""
    aside = missing = 0
    for start in range(0, len(op_ids), OPS_AT_ONCE):
        some = op_ids[start : start + OPS_AT_ONCE]
        left = set(some) - transaction.find_hashes(some).keys()
        left -= transaction.find_erased(left)
        apart = transaction.find_quarantined(device.device_id, left)
        aside += len(apart)
        missing += len(left - apart)
    return aside, missing


def _read(service: RegistryService, data: bytes, codec: Codec) -> Bundle:
    try:
        key = service.keys.opening(read_header(data).reader)
        bundle = read_bundle(data, key.box, codec)
    except ValueError as error:
        raise InvalidInput("stick_unreadable", detail=str(error)) from error
    if bundle.header.kind != UP:
        raise InvalidInput("stick_wrong_way")
    return bundle
