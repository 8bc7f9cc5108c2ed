"""`POST /v1/bundle`: a laptop hands in the sealed file of another, or of its own past."""

import logging
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Awaitable, Callable
from hashlib import sha256

import msgspec
from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from fsmobile.errors import InvalidInput
from fsmobile.protocol.envelope import MEDIA_TYPE, PROTOCOL, seal, unseal
from fsmobile.protocol.hand_in import (
    HandedIn,
    HandInAnswer,
    HandInAnswered,
    HandInRequest,
    decode_request,
    encode,
)
from fsmobile.protocol.messages import Busy, ChunkTooLarge, Malformed, Revoked, UnknownDevice
from fsmobile.protocol.signatures import verify
from fsmobile.protocol.snapshots import AUTHORISATION
from fsmobile.registry.admission import RETRY_SECONDS
from fsmobile.registry.pace import LaptopPaces, address_of
from fsmobile.registry.problems import TOO_MANY, status_of
from fsmobile.registry.request_faults import fault_of_hand_in
from fsmobile.registry.service import RegistryService
from fsmobile.registry.sticks import import_stick

FILE_MAX = 16 * 1024 * 1024
"""Sealed and compressed: years of one bus's work."""
HEADER_MAX = 4_096
Answer = tuple[Response, str]
Admit = Callable[[Request, Callable[[], Answer], Callable[[Busy], Answer]], Awaitable[Response]]
"""The registry's door: takes a request, what answers it in a thread, and what refuses it."""
ReadBody = Callable[[Request, int], Awaitable[bytes | None]]

log = logging.getLogger("fsmobile.registry")


class HandInEndpoint:
    """The handler, around one service and its door."""

    def __init__(
        self,
        service: RegistryService,
        dictionary: bytes,
        admit: Admit,
        paces: LaptopPaces,
        read_body: ReadBody,
    ) -> None:
        """Take the registry's door, so that files wait where requests do."""
        self._paces = paces
        self._service = service
        self._dictionary = dictionary
        self._admit = admit
        self._read_body = read_body

    async def post(self, request: Request) -> Response:
        """Take in a file; doing it again changes nothing more."""
        address = address_of(request)
        if after := self._paces.wait_of_address(address):
            return self._sent_away(b"", after)
        ticket = _ticket_of(request)
        # Only a known laptop may send megabytes.
        if ticket is None:
            self._paces.note(address, Malformed.__name__)
            return self._sealed(b"", Malformed(reason="ticket"))[0]
        digest = ticket[0].sha256
        refusal = await to_thread.run_sync(self._refusal, *ticket)
        if refusal is not None:
            self._paces.note(address, type(refusal).__name__)
            return self._sealed(digest, refusal)[0]
        if after := self._paces.wait_of_file(ticket[0].device_id):
            return self._sent_away(digest, after)
        data = await self._read_body(request, FILE_MAX)
        return await self._admit(
            request,
            lambda: self._sealed(digest, self._take(digest, data)),
            lambda busy: self._sealed(digest, busy),
        )

    def _sent_away(self, digest: bytes, after: int) -> Response:
        response = self._sealed(digest, Busy(after=after))[0]
        response.status_code = TOO_MANY
        return response

    def _refusal(
        self, asked: HandInRequest, payload: bytes, signature: bytes
    ) -> HandInAnswer | None:
        try:
            with self._service.storage.reading() as transaction:
                device = transaction.find_device(asked.device_id)
        except SQLAlchemyError:
            return Busy(after=RETRY_SECONDS)
        if device is None:
            return UnknownDevice()
        if not verify(device.public_key, payload, signature):
            return Malformed(reason="signature")
        return Revoked() if device.revoked_at is not None else None

    def _take(self, digest: bytes, data: bytes | None) -> HandInAnswer:
        if data is None:
            return ChunkTooLarge(maximum=FILE_MAX)
        if sha256(data).digest() != digest:
            return Malformed(reason="another file, or cut short")
        try:
            imported = import_stick(self._service, data, self._dictionary)
        except InvalidInput as error:
            return Malformed(reason=error.code)
        except SQLAlchemyError:
            log.exception("database unavailable")
            return Busy(after=RETRY_SECONDS)
        return HandedIn(
            name=imported.device.name,
            unit=imported.device.unit,
            applied=imported.applied,
            aside=imported.aside,
            missing=imported.missing,
        )

    def _sealed(self, digest: bytes, answer: HandInAnswer) -> Answer:
        body = seal(encode(HandInAnswered(sha256=digest, answer=answer)), self._service.key.sign)
        response = Response(body, status_code=status_of(answer), media_type=MEDIA_TYPE)
        return response, type(answer).__name__


def _ticket_of(request: Request) -> tuple[HandInRequest, bytes, bytes] | None:
    """Return who hands something in, with the bytes that prove it; None without such a proof."""
    scheme, _, sealed = request.headers.get("Authorization", "").partition(" ")
    if scheme != AUTHORISATION or len(sealed) > HEADER_MAX:
        return None
    try:
        payload, signature = unseal(b64decode(sealed, validate=True))
        asked = decode_request(payload)
    except (BadBase64, ValueError, msgspec.DecodeError):
        return None
    is_whole = asked.protocol == PROTOCOL and fault_of_hand_in(asked) is None
    return (asked, payload, signature) if is_whole else None
