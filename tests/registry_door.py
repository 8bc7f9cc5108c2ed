"""The registry's HTTP door for tests, and a laptop that knows how to knock."""

import asyncio
from dataclasses import dataclass

import httpx
import msgspec
import pytest
from starlette.applications import Starlette
from worlds import Laptop, a_visit

from fsmobile.protocol.compression import Codec
from fsmobile.protocol.envelope import MEDIA_TYPE, seal, unseal
from fsmobile.protocol.messages import decode_answered
from fsmobile.protocol.signatures import verify
from fsmobile.registry.service import RegistryService
from fsmobile.sync.engine import SyncEngine
from fsmobile.usecases import visits

PLAIN = Codec(3)


@dataclass
class Door:
    """The registry's HTTP door, and a laptop that knows how to knock."""

    app: Starlette
    registry: RegistryService
    laptop: Laptop

    def post(self, body: bytes, path: str = "/v1/sync", **headers: str) -> tuple[int, bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.ask("POST", path, body, {"Content-Type": MEDIA_TYPE, **named})
        assert answer.headers["Content-Type"] == MEDIA_TYPE
        return answer.status_code, answer.content

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Make one HTTP exchange; an exception in the application is a 500."""

        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
                return await client.request(method, path, content=body, headers=headers)

        return asyncio.run(exchange())

    def sync(self, envelope: bytes) -> bytes:
        """Be a `RegistryApi` for the engine."""
        return PLAIN.decompress(self.post(PLAIN.compress(envelope))[1])

    def last_request(self) -> dict[str, object]:
        """Return the fields of a true request, ready to be spoilt."""
        caught: list[bytes] = []

        class Ear:
            def sync(self, envelope: bytes) -> bytes:
                caught.append(envelope)
                raise LookupError

        with pytest.raises(LookupError):
            SyncEngine(self.laptop.replica, Ear(), self.laptop.key).run()
        fields: dict[str, object] = msgspec.msgpack.decode(unseal(caught[0])[0])
        return fields

    def send(self, fields: object) -> tuple[int, str]:
        """Seal a spoilt request with the laptop's true key and send it; the answer is sealed."""
        envelope = seal(msgspec.msgpack.encode(fields), self.laptop.key.sign)
        status, body = self.post(PLAIN.compress(envelope))
        payload, signature = unseal(PLAIN.decompress(body))
        assert verify(self.registry.key.public, payload, signature)
        return status, type(decode_answered(payload).answer).__name__

    def held(self) -> int:
        with self.registry.storage.transaction() as transaction:
            return transaction.last_gsn()

    def check_still_serves(self) -> None:
        assert self.held() == 0, "something of it was applied"
        visits.record_visit(self.laptop.desk, a_visit())
        report = SyncEngine(self.laptop.replica, self, self.laptop.key).run()
        assert report.is_complete
