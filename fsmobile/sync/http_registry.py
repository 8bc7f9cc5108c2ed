"""HttpRegistry: the registry over HTTP, told apart from captive portals and dead servers."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx
import msgspec

from fsmobile import __version__
from fsmobile.errors import InvalidInput, RegistryUnreachable
from fsmobile.protocol import messages
from fsmobile.protocol.compression import (
    DICTIONARY_HEADER,
    LAPTOP_LEVEL,
    BadCompression,
    Codec,
)
from fsmobile.protocol.envelope import MEDIA_TYPE
from fsmobile.protocol.handovers import Handover, decode_succession
from fsmobile.protocol.messages import EnrolAnswer, EnrolRequest
from fsmobile.protocol.snapshots import SNAPSHOT_TYPE
from fsmobile.sync.deadline import Deadline

CONNECT_SECONDS = 10.0
DEADLINE_SECONDS = 60.0
"""For a whole request: httpx's own limit is per read, which a trickling server never exceeds."""
STRETCH_MIN = 4 * 1024
"""Bytes of a history that must arrive within that time: 70 bytes a second."""
ANSWER_MAX = 16 * 1024 * 1024


class HttpRegistry:
    """One connection to a registry, kept alive from one request to the next."""

    def __init__(
        self,
        url: str,
        dictionary: bytes,
        dictionary_id: str,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Take the registry's address and the compression dictionary of this release.

        The simulator gives a `transport` of its own, which leads to a registry in its process.

        Raises:
            InvalidInput: not an `http(s)://` address.
        """
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, TypeError) as error:
            raise InvalidInput("registry_address", value=url) from error
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise InvalidInput("registry_address", value=url)
        self._client = httpx.Client(
            base_url=parsed,
            timeout=httpx.Timeout(DEADLINE_SECONDS, connect=CONNECT_SECONDS),
            headers={"User-Agent": f"fsmobile/{__version__}"},
            follow_redirects=False,
            transport=transport,
        )
        # Every byte counts on a slow link, and these headers tell a registry nothing.
        for name in ("Accept", "Accept-Encoding", "Connection"):
            del self._client.headers[name]
        self._deadline = Deadline(DEADLINE_SECONDS)
        self._dictionary_id = dictionary_id
        self._codec = Codec(LAPTOP_LEVEL, dictionary)
        self._plain_codec = Codec(LAPTOP_LEVEL)
        self.sent_bytes = 0
        self.received_bytes = 0
        self.requests = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def sync(self, envelope: bytes) -> bytes:
        """Exchange one sealed request for a sealed answer.

        Raises:
            RegistryUnreachable: no answer that is the registry's.
        """
        status, body = self._post(
            "/v1/sync", self._codec.compress(envelope), {DICTIONARY_HEADER: self._dictionary_id}
        )
        if status == 415:
            _, body = self._post("/v1/sync", self._plain_codec.compress(envelope), {})
            return self._open(self._plain_codec, body)
        codec = self._plain_codec if status == 413 else self._codec
        return self._open(codec, body)

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Ask to be enrolled.

        Raises:
            RegistryUnreachable: no answer that is the registry's.
        """
        packed = self._plain_codec.compress(messages.encode(request))
        _, body = self._post("/v1/enrol", packed, {})
        try:
            answer: EnrolAnswer = messages.decode_enrol_answer(self._open(self._plain_codec, body))
        except (ValueError, msgspec.DecodeError) as error:
            raise RegistryUnreachable("not_the_registry") from error
        return answer

    def hand_in(self, data: bytes, authorisation: str) -> bytes:
        """Exchange a sealed file for a sealed answer.

        Raises:
            RegistryUnreachable: no answer that is the registry's.
        """
        _, body = self._post("/v1/bundle", data, {"Authorization": authorisation})
        return body

    def read_succession(self) -> tuple[Handover, ...]:
        """Ask for the succession of the registry's keys.

        Raises:
            RegistryUnreachable: no answer that is the registry's.
        """
        _, body = self._ask("GET", "/v1/keys", b"", {})
        try:
            return decode_succession(body)
        except ValueError as error:
            raise RegistryUnreachable("not_the_registry") from error

    def read_snapshot(self, scope: str, authorisation: str, start: int) -> Iterator[bytes] | None:
        """Return the pieces of a snapshot from an offset on; None if it is refused or gone.

        Raises:
            RegistryUnreachable: no answer, or the link was cut; what was yielded is good.
        """
        headers = {"Authorization": authorisation, "Accept": SNAPSHOT_TYPE}
        if start:
            headers["Range"] = f"bytes={start}-"
        url = f"/v1/snapshot/{quote(scope, safe=':/')}"
        self.requests += 1
        request = self._client.build_request(
            "GET", url, headers=headers, extensions={"trace": self._deadline.trace}
        )
        with _translated(), self._deadline.running():
            response = self._client.send(request, stream=True)
        is_ours = response.headers.get("Content-Type", "").split(";")[0] == SNAPSHOT_TYPE
        if is_ours and response.status_code == (206 if start else 200):
            return self._pieces(response)
        response.close()
        if response.status_code >= 500:
            raise RegistryUnreachable("registry_busy", after=_seconds_asked(response))
        return None

    def _pieces(self, response: httpx.Response) -> Iterator[bytes]:
        """Yield what arrives: a history may take hours, but each stretch of it has a deadline."""
        with closing(response), _translated():
            pieces = response.iter_raw()
            while True:
                with self._deadline.running():
                    stretch = _next_stretch(pieces)
                if not stretch:
                    return
                self.received_bytes += len(stretch)
                yield stretch

    def _open(self, codec: Codec, body: bytes) -> bytes:
        for one in (codec, self._plain_codec):
            try:
                return one.decompress(body)
            except BadCompression:
                continue
        raise RegistryUnreachable("not_the_registry")

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        return self._ask("POST", path, body, {"Content-Type": MEDIA_TYPE, **headers})

    def _ask(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        self.requests += 1
        self.sent_bytes += len(body)
        with (
            _translated(),
            self._deadline.running(),
            self._client.stream(
                method,
                path,
                content=body or None,
                headers=headers,
                extensions={"trace": self._deadline.trace},
            ) as response,
        ):
            if response.headers.get("Content-Type", "").split(";")[0] != MEDIA_TYPE:
                # A captive portal answers 200, with a page of its own.
                raise RegistryUnreachable(
                    "not_the_registry",
                    status=response.status_code,
                    after=_seconds_asked(response),
                )
            answer = bytearray()
            for piece in response.iter_raw():
                answer += piece
                if len(answer) > ANSWER_MAX:
                    raise RegistryUnreachable("not_the_registry")
        self.received_bytes += len(answer)
        return response.status_code, bytes(answer)


def _next_stretch(pieces: Iterator[bytes]) -> bytes:
    """Return the next bytes: enough to tell a slow link from one that trickles."""
    stretch = bytearray()
    for piece in pieces:
        stretch += piece
        if len(stretch) >= STRETCH_MIN:
            break
    return bytes(stretch)


@contextmanager
def _translated() -> Iterator[None]:
    """Turn httpx's exceptions into errors of the tree, here and nowhere else."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise RegistryUnreachable("registry_too_slow") from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise RegistryUnreachable("registry_unreachable", detail=str(error)[:200]) from error


def _seconds_asked(response: httpx.Response) -> int | None:
    """Return the delay that a proxy in front of the registry asks for, in whole seconds."""
    asked = response.headers.get("Retry-After", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
