"""Two laptops, one bus, no network: each gives the other what it has, to carry on.

What one laptop gives is what it would put on a stick: requests to the registry, signed by
itself. The other one shows their ops at once, and hands the requests to the registry when
it has a network; the registry's answers come back at the next meeting. Who gives is proved
by the certificate that the registry signed at enrolment.
"""

from contextlib import suppress
from dataclasses import dataclass

import msgspec

from fsmobile.errors import BadSignature, InvalidInput, NotAllowed, RegistryUnreachable
from fsmobile.protocol import messages
from fsmobile.protocol.bundle import read_bundle, write_bundle
from fsmobile.protocol.certificates import Certificate, decode_certificate, device_of
from fsmobile.protocol.compression import LAPTOP_LEVEL, Codec
from fsmobile.protocol.envelope import seal, unseal
from fsmobile.protocol.messages import Busy, SyncRequest
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.records import VISIT_RECORD
from fsmobile.protocol.registry_api import RegistryApi
from fsmobile.protocol.scopes import unit_scope
from fsmobile.protocol.signatures import SigningKey, is_signed_by, verify
from fsmobile.store import carried, ops, orders, pages
from fsmobile.store.cursors import load_reading
from fsmobile.store.identity import Enrolment, load_enrolment
from fsmobile.store.replica import Replica
from fsmobile.sync.progress import SyncReport
from fsmobile.sync.registry_keys import follow_registry
from fsmobile.sync.stick import requests_of, take_answer

KIND = "peer"
ANSWER, REQUEST = b"A", b"R"


@dataclass(slots=True, kw_only=True)
class PeerReport:
    """What a meeting with another laptop brought."""

    name: str
    """What people call the other laptop."""
    pulled: int = 0
    """Ops of the other laptop that were new here."""
    pulled_visits: int = 0
    carried: int = 0
    """Requests taken in, to be handed to the registry."""
    received: int = 0
    """Own ops for which the other laptop brought a receipt."""


def own_certificate(replica: Replica) -> bytes:
    """Return this laptop's certificate, signed by the registry.

    Raises:
        NotAllowed: the laptop is not enrolled.
    """
    return _enrolment(replica).certificate


def check_peer(replica: Replica, encoded: bytes) -> Certificate:
    """Return the other laptop's certificate, once it is known to be of the same bus.

    Raises:
        InvalidInput: no certificate, another bus's, or that of a key that was revoked.
        BadSignature: not signed by this laptop's registry.
    """
    enrolment = _enrolment(replica)
    try:
        certificate = decode_certificate(encoded)
    except (ValueError, msgspec.DecodeError) as error:
        raise InvalidInput("peer_unreadable") from error
    message = certificate.message()
    keys = (enrolment.registry_key, *enrolment.former_keys)
    if not is_signed_by(keys, message, certificate.signature):
        raise BadSignature("peer_not_certified")
    if certificate.unit != enrolment.unit_id:
        raise InvalidInput("peer_of_another_unit", unit=certificate.unit)
    device_id = device_of(certificate)
    if device_id == enrolment.device_id:
        raise InvalidInput("peer_is_this_laptop")
    if orders.is_key_revoked(replica, device_id, certificate.issued_at):
        raise InvalidInput("peer_revoked", name=certificate.name)
    return certificate


def make_offer(replica: Replica, key: SigningKey, peer: Certificate, dictionary: bytes) -> bytes:
    """Seal what the other laptop should have: own work, and the answers carried for it."""
    enrolment = _enrolment(replica)
    items = [
        REQUEST + seal(messages.encode(request), key.sign)
        for writer in ops.list_writers(replica)
        for request in requests_of(
            replica, enrolment, writer, load_reading(replica), asks_for_news=False
        )
    ]
    items += [
        ANSWER + one.answer
        for one in carried.list_carried(replica)
        if one.device_id == device_of(peer) and one.answer is not None
    ]
    return write_bundle(
        envelopes=items,
        kind=KIND,
        key=key,
        reader=peer.box_key,
        file_id=replica.chance.token(16),
        ephemeral_secret=replica.chance.token(32),
        now=replica.clock.now_ms(),
        codec=Codec(LAPTOP_LEVEL, dictionary),
        succession=enrolment.succession,
    )


def take_offer(
    replica: Replica, key: SigningKey, peer: Certificate, data: bytes, dictionary: bytes
) -> PeerReport:
    """Take in what the other laptop offers; doing it twice changes nothing more.

    Raises:
        InvalidInput: not an offer for this laptop, or not the peer's.
        BadSignature: something in it is not signed by whom it should be.
    """
    enrolment = _enrolment(replica)
    try:
        bundle = read_bundle(data, key.box, Codec(LAPTOP_LEVEL, dictionary))
    except ValueError as error:
        raise InvalidInput("peer_unreadable", detail=str(error)) from error
    if bundle.header.kind != KIND or bundle.header.sender != peer.public_key:
        raise InvalidInput("peer_unreadable", detail="another sender")
    if follow_registry(replica, bundle.header.succession):
        enrolment = _enrolment(replica)
    report = PeerReport(name=peer.name)
    receipts = SyncReport()
    for item in bundle.envelopes:
        if item[:1] == ANSWER:
            _take_answer(replica, enrolment, item[1:], receipts)
        else:
            _take_request(replica, peer, item[1:], report)
    report.received = receipts.received
    return report


def hand_over(replica: Replica, registry: RegistryApi, registry_key: bytes) -> int:
    """Give the registry the carried requests; return how many it answered.

    Raises:
        RegistryUnreachable: the remaining requests stay here.
    """
    count = 0
    for one in carried.list_carried(replica):
        if one.answer is None:
            answer = registry.sync(one.envelope)
            _check_answer(one.envelope, answer, registry_key)
            carried.keep_answer(replica, one.digest, answer)
            count += 1
    return count


def _check_answer(envelope: bytes, answer: bytes, registry_key: bytes) -> None:
    """Refuse an answer to another request, or one given before this request was judged.

    If « come back later » were kept as the answer, work that the registry never had would no longer
    be carried.
    """
    try:
        payload, signature = unseal(answer)
        if not verify(registry_key, payload, signature):
            raise BadSignature("answer_not_signed")
        answered = messages.decode_answered(payload)
    except (ValueError, msgspec.DecodeError) as error:
        raise RegistryUnreachable("not_the_registry") from error
    if isinstance(answered.answer, Busy):
        raise RegistryUnreachable("registry_busy", after=answered.answer.after)
    if answered.counter != messages.decode_request(unseal(envelope)[0]).counter:
        raise RegistryUnreachable("answer_to_another_request")


def _take_answer(
    replica: Replica, enrolment: Enrolment, answer: bytes, receipts: SyncReport
) -> None:
    """Apply an answer that was carried here, but for one of a key that the registry left since.

    What it acknowledges is proven again by the next exchange; nobody's old key says so now.
    """
    with suppress(ValueError):
        if is_signed_by(enrolment.former_keys, *unseal(answer)):
            return
    # Refused is what was signed before this laptop renewed its key; it was sent again since.
    with suppress(NotAllowed):
        take_answer(replica, enrolment, answer, None, receipts)


def _take_request(replica: Replica, peer: Certificate, envelope: bytes, report: PeerReport) -> None:
    request = _read_request(envelope, peer)
    scope = unit_scope(peer.unit)
    bodies = [
        body
        for body in request.writer.ops
        if isinstance(body, bytes) and read_op(body).scope == scope
    ]
    kinds = pages.store_from_peer(replica, bodies, scope)
    report.pulled += len(kinds)
    report.pulled_visits += kinds.count(VISIT_RECORD)
    if request.writer.ops and carried.keep_request(replica, device_of(peer), envelope):
        report.carried += 1


def _read_request(envelope: bytes, peer: Certificate) -> SyncRequest:
    try:
        payload, signature = unseal(envelope)
        if not verify(peer.public_key, payload, signature):
            raise BadSignature("peer_not_signed")
        request = messages.decode_request(payload)
        for body in request.writer.ops:
            if isinstance(body, bytes):
                read_op(body)
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        raise InvalidInput("peer_unreadable", detail=str(error)[:200]) from error
    if request.device_id != device_of(peer):
        raise BadSignature("peer_not_signed")
    return request


def _enrolment(replica: Replica) -> Enrolment:
    enrolment = load_enrolment(replica)
    if enrolment is None:
        raise NotAllowed("not_enrolled")
    return enrolment
