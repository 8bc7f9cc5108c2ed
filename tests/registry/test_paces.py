"""Paces and headers of the registry's door: who asks too much waits, and no page is bare."""

import asyncio
from pathlib import Path

import httpx
import pytest
from fleet_worlds import a_browser, a_fleet_registry, add_account
from public_worlds import CHARENTE, publish
from registry_door import PLAIN, Door
from worlds import a_laptop, a_registry

from fsmobile.protocol.envelope import MEDIA_TYPE
from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.app import make_app
from fsmobile.registry.fleet.pages import FleetPages
from fsmobile.registry.pace import ADDRESSES_MAX, LaptopPaces, Pace
from fsmobile.registry.public.pages import PublicPages
from fsmobile.registry.security_headers import USUAL

ELSEWHERE, NEIGHBOUR = "203.0.113.7", "198.51.100.9"


class Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def post(app: object, path: str, body: bytes, address: str) -> httpx.Response:
    async def exchange() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(address, 5000))
        async with httpx.AsyncClient(transport=transport, base_url="https://registre") as client:
            return await client.post(path, content=body, headers={"Content-Type": MEDIA_TYPE})

    return asyncio.run(exchange())


@pytest.mark.parametrize("path", ["/v1/enrol", "/v1/sync", "/v1/bundle"])
def test_who_is_refused_again_and_again_waits_and_its_neighbour_does_not(path: str) -> None:
    app = make_app(a_registry(), load_wire_dictionary(), DICTIONARY_ID)
    guess = PLAIN.compress(b"\x80")
    answers = [post(app, path, guess, ELSEWHERE) for _turn in range(80)]
    assert answers[0].status_code == 400
    assert answers[-1].status_code == 429
    assert post(app, path, guess, NEIGHBOUR).status_code == 400


def test_ten_thousand_guesses_of_a_code_are_looked_at_a_hundred_times_at_most() -> None:
    clock = Time()
    paces = LaptopPaces(clock)
    looked = 0
    for _guess in range(10_000):
        clock.seconds += 0.01
        if not paces.wait_of_address(ELSEWHERE):
            paces.note(ELSEWHERE, "CodeUnknown")
            looked += 1
    assert 60 <= looked <= 60 + 0.5 * 100 + 1


def test_a_crowd_of_known_laptops_behind_one_address_is_not_slowed() -> None:
    paces = LaptopPaces(Time())
    for laptop in range(5_000):
        assert not paces.wait_of_exchange(ELSEWHERE, laptop.to_bytes(16, "big"))
        paces.note(ELSEWHERE, "SyncReply")
    assert not paces.wait_of_address(ELSEWHERE)


def test_one_laptop_that_never_stops_waits_and_nobody_else_spends_what_is_its_own() -> None:
    paces = LaptopPaces(Time())
    device = b"d" * 16
    waits = [paces.wait_of_exchange(ELSEWHERE, device) for _turn in range(700)]
    assert waits[0] == 0
    assert waits[-1] > 0
    assert paces.wait_of_exchange(NEIGHBOUR, device) == 0
    files = [paces.wait_of_file(device) for _turn in range(40)]
    assert files[0] == 0
    assert files[-1] > 0


def test_a_million_addresses_take_no_more_memory_than_ten_thousand() -> None:
    pace = Pace(Time())
    for number in range(3 * ADDRESSES_MAX):
        pace.wait(str(number))
    assert len(pace._buckets) == ADDRESSES_MAX


def test_every_answer_to_a_browser_says_how_it_is_protected(tmp_path: Path) -> None:
    registry = a_fleet_registry(tmp_path)
    publish(registry, CHARENTE, "bus-charente")
    add_account(registry, "ana")
    routes = [*FleetPages(registry).routes(), *PublicPages(registry).routes()]
    app = make_app(registry, load_wire_dictionary(), DICTIONARY_ID, more_routes=routes)
    browser = a_browser(registry)
    browser.app = app
    paths = ("/flotte/connexion", "/flotte", "/flotte/rien", "/flotte/style.css", "/bus",
             "/bus/rien", "/bus/commune/16196", "/bus/service/bus-charente", "/bus/style.css",
             "/healthz", "/readyz", "/metrics", "/openapi.json", "/rien", "/v1/sync")  # fmt: skip
    for path in paths:
        headers = browser.get(path).headers
        assert {name.lower() for name in USUAL} <= set(headers), path
        assert headers["strict-transport-security"] == "max-age=31536000", path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path


def test_plain_http_promises_no_https_and_a_laptop_pays_for_no_header() -> None:
    registry = a_registry()
    app = make_app(registry, load_wire_dictionary(), DICTIONARY_ID)
    door = Door(app, registry, a_laptop(registry))
    assert "strict-transport-security" not in door.ask("GET", "/healthz").headers
    answer = door.ask("POST", "/v1/sync", PLAIN.compress(b"\x80"))
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert not {name.lower() for name in USUAL} & set(answer.headers)
