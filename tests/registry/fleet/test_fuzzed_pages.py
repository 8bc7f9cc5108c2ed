"""Every page and form, asked in hostile ways by nobody and by each role: no 500, no leak.

Some dozen requests for each route and person here; the long run:

    FSMOBILE_TEST_FUZZ=5000 python -m pytest tests/registry/fleet/test_fuzzed_pages.py
"""

import asyncio
import gc
import os
import re
import tracemalloc
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pytest
from fleet_worlds import PASSPHRASE, Browser, a_browser, a_fleet_registry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from public_worlds import CHARENTE, publish
from starlette.routing import BaseRoute, Mount, Route
from worlds import a_laptop, a_visit

from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.app import make_app
from fsmobile.registry.fleet import accounts
from fsmobile.registry.fleet.pages import FleetPages
from fsmobile.registry.fleet.rights import AccountRole
from fsmobile.registry.public.pages import PublicPages
from fsmobile.registry.service import RegistryService
from fsmobile.usecases import visits

INPUTS = int(os.environ.get("FSMOBILE_TEST_FUZZ", "60"))
HERE, THERE = "bus-charente", "bus-creuse"
NOTE, SECRET_NAME = "ZXMARQUEXZ", "portable-de-la-creuse"
MEMORY_MAX = 24 * 1024 * 1024

NASTY = ("", ".", "..", "../../etc/passwd", "\0", "\x1b[2J", "%00", "'; DROP TABLE op;--", "-1",
         "9" * 400, "é" * 200, "\u202e", "{{7*7}}", "<script>alert(1)</script>", "x" * 3000,
         HERE, THERE, "16196", "00" * 16, "2A004", "agenda.json", "lieux.csv")  # fmt: skip
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(st.characters(codec="utf-8"), max_size=30))
FIELDS = st.dictionaries(
    st.sampled_from(("q", "page", "name", "passphrase", "code", "form_token", "slot", "procedure",
                     "transport", "appointment", "acts", "ground", "unit", "role", "fait",
                     "pris", "rendu", "annules")),
    TEXTS, max_size=5,
)  # fmt: skip
HEADERS = st.dictionaries(
    st.sampled_from(("If-None-Match", "Range", "Accept", "Accept-Language", "Content-Type",
                     "X-Forwarded-For", "Authorization", "Transfer-Encoding")),
    st.one_of(
        st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40),
        st.sampled_from(("x" * 9000, "bytes=9-1,-5", "*", "fsmobile AAAA")),
    ),
    max_size=3,
)  # fmt: skip


def paths_of(routes: list[BaseRoute], root: str = "") -> list[tuple[str, str]]:
    """Return the method and the path of every route, with its places for parameters."""
    found: list[tuple[str, str]] = []
    for route in routes:
        if isinstance(route, Mount):
            found += paths_of(list(route.routes), root + route.path)
        elif isinstance(route, Route):
            methods = (route.methods or {"GET"}) - {"HEAD"}
            found += [(method, root + route.path) for method in sorted(methods)]
    return found


@pytest.fixture
def registry(tmp_path: Path) -> RegistryService:
    """Two structures; what one of them holds must not be seen from the other, nor by nobody."""
    service = a_fleet_registry(tmp_path)
    publish(service, CHARENTE, HERE)
    laptop = a_laptop(service, unit=f"{THERE}/bus-1", name=SECRET_NAME, seed=30)
    visits.record_visit(laptop.desk, a_visit(note=NOTE))
    laptop.sync()
    return service


def a_person(service: RegistryService, role: AccountRole | None) -> Browser:
    browser = a_browser(service)
    routes = [*FleetPages(service).routes(), *PublicPages(service).routes()]
    browser.app = make_app(service, load_wire_dictionary(), DICTIONARY_ID, more_routes=routes)
    if role is not None:
        accounts.add_account(
            service.storage, service.clock, name="ana", role=role,
            agency=None if role == AccountRole.ADMINISTRATOR else HERE, passphrase=PASSPHRASE,
            commune="16196" if role == AccountRole.TOWN_HALL else None,
        )  # fmt: skip
        assert browser.sign_in("ana").status_code == 200
    return browser


def ask(
    browser: Browser, method: str, path: str, body: bytes, headers: dict[str, str]
) -> httpx.Response:
    async def exchange() -> httpx.Response:
        transport = httpx.ASGITransport(
            browser.app, raise_app_exceptions=False, client=("127.0.0.1", 5000)
        )
        async with httpx.AsyncClient(
            transport=transport, base_url=browser.url, cookies=browser.cookies
        ) as client:
            return await client.request(method, path, content=body, headers=headers)

    return asyncio.run(exchange())


def held_by_the_program() -> int:
    """Return the bytes that outlive the requests; hypothesis keeps all that it ever drew."""
    gc.collect()
    of_hypothesis = ("*/hypothesis/*", "*/sortedcontainers/*", "<string>", __file__)
    filters = [tracemalloc.Filter(False, pattern) for pattern in of_hypothesis]
    held = tracemalloc.take_snapshot().filter_traces(filters)
    return sum(one.size for one in held.statistics("filename"))


@pytest.mark.parametrize("role", [None, *AccountRole])
def test_hostile_requests_get_no_500_and_no_leak_whoever_asks(
    registry: RegistryService, role: AccountRole | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fsmobile.registry.pace.Pace.wait", lambda *_arguments, **_named: 0)
    browser = a_person(registry, role)
    routes = paths_of(list(browser.app.routes))
    assert len(routes) > 30
    signed_in = role is not None
    token = browser.form_token("/flotte") if signed_in else browser.form_token()
    sees_all = role == AccountRole.ADMINISTRATOR
    statuses: set[int] = set()

    @settings(
        max_examples=INPUTS,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        route=st.sampled_from(routes), parts=st.lists(TEXTS, min_size=4, max_size=4),
        query=FIELDS, fields=FIELDS, headers=HEADERS, is_true_form=st.booleans(),
        noise=st.one_of(st.none(), st.binary(max_size=300)),
    )  # fmt: skip
    def run(
        route: tuple[str, str], parts: list[str], query: dict[str, str], fields: dict[str, str],
        headers: dict[str, str], is_true_form: bool, noise: bytes | None,
    ) -> None:  # fmt: skip
        method, pattern = route
        if pattern == "/flotte/deconnexion":
            return  # It would end the session of all that comes after.
        given_parts = iter(parts)
        path = re.sub(r"\{[^}]+\}", lambda _place: quote(next(given_parts), safe=""), pattern)
        form = fields | ({"form_token": token} if is_true_form else {})
        body = b"" if method == "GET" else noise or urlencode(form).encode()
        answer = ask(browser, method, f"{path or '/'}?{urlencode(query)}", body, headers)
        statuses.add(answer.status_code)
        assert answer.status_code < 500 or answer.status_code == 503, answer.text
        said = answer.content
        assert NOTE.encode() not in said
        assert b"Traceback" not in said
        assert b"<script>alert" not in said
        if not sees_all:
            assert SECRET_NAME.encode() not in said

    tracemalloc.start()
    try:
        run()
        assert held_by_the_program() < MEMORY_MAX
    finally:
        tracemalloc.stop()
    assert {200, 404} <= statuses
    assert (303 in statuses) or signed_in
