"""A stick at the registry: every envelope through the same door as the network's."""

from dataclasses import dataclass

from fsmobile.errors import InvalidInput
from fsmobile.protocol import messages
from fsmobile.protocol.bundle import Bundle, read_bundle, write_bundle
from fsmobile.protocol.compression import REGISTRY_LEVEL, Codec
from fsmobile.protocol.envelope import seal
from fsmobile.protocol.messages import Answered, SyncReply
from fsmobile.protocol.signatures import device_id_of
from fsmobile.registry.records import DeviceRow
from fsmobile.registry.service import RegistryService

UP, DOWN = "up", "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a stick, and the file to put back on it."""

    device: DeviceRow
    applied: int
    """Ops that were new here."""
    handed: int
    """Ops that the answer takes to the laptop."""
    refused: tuple[str, ...]
    """Names of the answers that are no receipt."""
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
        device = transaction.find_device(device_id_of(bundle.header.sender))
        before = transaction.last_gsn()
    if device is None:
        raise InvalidInput("stick_of_unknown_device")
    answers = [service.answer(envelope) for envelope in bundle.envelopes]
    with service.storage.transaction() as transaction:
        applied = transaction.last_gsn() - before
    sealed = [
        seal(messages.encode(Answered(counter=counter, answer=answer)), service.key.sign)
        for counter, answer in answers
    ]
    written = write_bundle(
        envelopes=sealed,
        kind=DOWN,
        key=service.key,
        reader=device.box_key,
        file_id=service.chance.token(16),
        ephemeral_secret=service.chance.token(32),
        now=service.clock.now_ms(),
        codec=codec,
        answers=bundle.header.file_id,
    )
    replies = [answer for _counter, answer in answers if isinstance(answer, SyncReply)]
    return Imported(
        device=device,
        applied=applied,
        handed=sum(len(reply.pull.ops) for reply in replies),
        refused=tuple(
            type(answer).__name__ for _, answer in answers if not isinstance(answer, SyncReply)
        ),
        answer=written,
    )


def _read(service: RegistryService, data: bytes, codec: Codec) -> Bundle:
    try:
        bundle = read_bundle(data, service.key.box, codec)
    except ValueError as error:
        raise InvalidInput("stick_unreadable", detail=str(error)) from error
    if bundle.header.kind != UP:
        raise InvalidInput("stick_wrong_way")
    return bundle
