"""Handing in a sealed file: another laptop's stick, or what a lost one left behind.

Any laptop of the registry may: the file is signed by its own laptop and sealed to the registry, so
the laptop that hands it in can neither read nor change it.
"""

from base64 import b64encode
from hashlib import sha256
from typing import Protocol

import msgspec

from fsmobile import __version__
from fsmobile.errors import BadSignature, InvalidInput, NotAllowed, RegistryUnreachable
from fsmobile.protocol.envelope import PROTOCOL, seal, unseal
from fsmobile.protocol.hand_in import (
    HandedIn,
    HandInAnswer,
    HandInRequest,
    decode_answered,
    encode,
)
from fsmobile.protocol.messages import Busy, ChunkTooLarge, Malformed, Revoked, UnknownDevice
from fsmobile.protocol.signatures import SigningKey, verify
from fsmobile.protocol.snapshots import AUTHORISATION
from fsmobile.store.identity import Enrolment


class BundleDoor(Protocol):
    """Where files are handed in: the registry over HTTP."""

    def hand_in(self, data: bytes, authorisation: str) -> bytes:
        """Exchange a file for the registry's sealed answer.

        Raises:
            RegistryUnreachable: no answer that is the registry's.
        """
        ...


def hand_in(door: BundleDoor, enrolment: Enrolment, key: SigningKey, data: bytes) -> HandedIn:
    """Give the registry a sealed file; doing it twice changes nothing more.

    Raises:
        RegistryUnreachable: no answer, or no room at the moment.
        InvalidInput: not a file of a laptop that this registry knows, cut short, or too long.
        NotAllowed: this laptop may hand nothing in.
        BadSignature: the answer is not the registry's.
    """
    digest = sha256(data).digest()
    asked = HandInRequest(
        protocol=PROTOCOL, app=__version__, device_id=enrolment.device_id, sha256=digest
    )
    ticket = b64encode(seal(encode(asked), key.sign)).decode()
    sealed = door.hand_in(data, f"{AUTHORISATION} {ticket}")
    match _read(sealed, enrolment, digest):
        case HandedIn() as done:
            return done
        case Busy(after=after):
            raise RegistryUnreachable("registry_busy", after=after)
        case UnknownDevice():
            raise NotAllowed("device_unknown")
        case Revoked():
            raise NotAllowed("device_revoked")
        case ChunkTooLarge(maximum=maximum):
            raise InvalidInput("bundle_too_large", maximum=maximum // (1024 * 1024))
        case Malformed(reason=reason):
            raise InvalidInput("stick_unreadable", detail=reason)


def _read(sealed: bytes, enrolment: Enrolment, digest: bytes) -> HandInAnswer:
    try:
        payload, signature = unseal(sealed)
        if not verify(enrolment.registry_key, payload, signature):
            raise BadSignature("answer_not_signed")
        answered = decode_answered(payload)
    except (ValueError, msgspec.DecodeError) as error:
        raise RegistryUnreachable("not_the_registry") from error
    is_refused = not isinstance(answered.answer, HandedIn)
    if answered.sha256 != digest and not (is_refused and not answered.sha256):
        raise RegistryUnreachable("answer_to_another_request")
    return answered.answer
