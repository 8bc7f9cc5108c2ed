"""A bad network for tests: a proxy that is slow, cuts, answers itself, or loses the reply."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

PIECE = 512
PAGE = b"<html><body>Bienvenue au Wi-Fi de la mairie. Acceptez-vous les conditions ?</body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What happens to each connection."""

    latency_seconds: float = 0.0
    rate: float | None = None
    """Bytes in a second, each way."""
    up_max: int | None = None
    """The connection is reset once so many bytes went to the registry."""
    down_max: int | None = None
    """The same towards the laptop; 0 is a reply that is lost."""
    page_status: int | None = None
    """Somebody else answers, with a page: 200 is a captive portal, 502 a gateway."""
    is_down: bool = False
    """Nobody answers at all."""

    @property
    def is_good(self) -> bool:
        """Nothing but slowness."""
        return (self.up_max, self.down_max, self.page_status, self.is_down) == (
            None, None, None, False,
        )  # fmt: skip


def draw_weather(random: Random) -> Weather:
    """Return one weather by lot."""
    slow = Weather(
        latency_seconds=random.choice((0.0, 0.0, 0.05)), rate=random.choice((None, None, 50_000.0))
    )
    where = random.choice((random.randint(0, 400), random.randint(0, 3000)))
    match random.choice(("good", "up", "down", "down", "lost", "page", "none")):
        case "good":
            return slow
        case "up":
            return Weather(latency_seconds=slow.latency_seconds, rate=slow.rate, up_max=where)
        case "down":
            return Weather(latency_seconds=slow.latency_seconds, rate=slow.rate, down_max=where)
        case "lost":
            return Weather(down_max=0)
        case "page":
            return Weather(page_status=random.choice((200, 200, 404, 407, 502, 503)))
        case _:
            return Weather(is_down=True)


class BadNetwork:
    """A proxy in front of one port; the weather may change between connections."""

    def __init__(self, target: int) -> None:
        """Take the port behind; see `bad_network`."""
        self.weather = Weather()
        self.port = 0
        self.carried_up = 0
        """Bytes that reached the registry."""
        self._target = target
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: asyncio.Event | None = None

    async def serve(self, started: threading.Event) -> None:
        """Carry connections until told to stop; what is on its way then is cut."""
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        started.set()
        await self._stopped.wait()
        server.close()

    def stop(self) -> None:
        """Tell the network, from another thread, to stop."""
        assert self._loop is not None
        assert self._stopped is not None
        self._loop.call_soon_threadsafe(self._stopped.set)

    async def _connection(
        self, laptop: asyncio.StreamReader, to_laptop: asyncio.StreamWriter
    ) -> None:
        weather = self.weather
        try:
            if not weather.is_down:
                await asyncio.sleep(weather.latency_seconds)
                await self._carry(laptop, to_laptop, weather)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # one side has hung up, or the test is over
        finally:
            to_laptop.transport.abort()

    async def _carry(
        self,
        laptop: asyncio.StreamReader,
        to_laptop: asyncio.StreamWriter,
        weather: Weather,
    ) -> None:
        if weather.page_status is not None:
            await laptop.readuntil(b"\r\n\r\n")
            head = f"HTTP/1.1 {weather.page_status} Page\r\nContent-Type: text/html\r\n"
            to_laptop.write(f"{head}Content-Length: {len(PAGE)}\r\n\r\n".encode() + PAGE)
            await to_laptop.drain()
            to_laptop.write_eof()
            await asyncio.sleep(0.05)
            return
        registry, to_registry = await asyncio.open_connection("127.0.0.1", self._target)
        ways = [
            asyncio.ensure_future(self._pump(laptop, to_registry, weather, weather.up_max, True)),
            asyncio.ensure_future(
                self._pump(registry, to_laptop, weather, weather.down_max, False)
            ),
        ]
        try:
            # Whichever way ends first takes the other one with it.
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            to_registry.transport.abort()

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        weather: Weather,
        most: int | None,
        is_up: bool,
    ) -> None:
        carried = 0
        while piece := await source.read(PIECE):
            kept = piece if most is None else piece[: most - carried]
            if weather.rate is not None:
                await asyncio.sleep(len(kept) / weather.rate)
            sink.write(kept)
            await sink.drain()
            carried += len(kept)
            self.carried_up += len(kept) if is_up else 0
            if len(kept) < len(piece) or carried == most:
                # What was carried arrives before the reset.
                await asyncio.sleep(0.01)
                return


@contextmanager
def bad_network(target: int) -> Iterator[BadNetwork]:
    """Run a bad network in front of a port as long as the block."""
    network, started = BadNetwork(target), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(network.serve(started)))
    thread.start()
    started.wait()
    try:
        yield network
    finally:
        network.stop()
        thread.join()
