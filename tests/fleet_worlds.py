"""A registry with accounts, laptops and a day's work, and a person with a browser."""

import asyncio
import re
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from starlette.applications import Starlette
from worlds import FakeClock, a_registry

from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.app import make_app
from fsmobile.registry.database import open_engine, sqlite_url
from fsmobile.registry.fleet import accounts
from fsmobile.registry.fleet.pages import FleetPages
from fsmobile.registry.service import RegistryService

PASSPHRASE = "cheval agrafe pile correcte"
ADDRESS = "203.0.113.7"


def a_fleet_registry(folder: Path, clock: FakeClock | None = None) -> RegistryService:
    """A registry in a file, as it is in production."""
    return a_registry(clock or FakeClock(), engine=open_engine(sqlite_url(folder)))


def add_account(
    service: RegistryService, name: str, role: str = "administrator", agency: str | None = None
) -> None:
    """Make an account whose passphrase is `PASSPHRASE`."""
    accounts.add_account(
        service.storage, service.clock, name=name, role=role, agency=agency, passphrase=PASSPHRASE
    )


@dataclass
class Browser:
    """Someone who looks at the pages, with cookies and without a script."""

    app: Starlette
    address: str = ADDRESS
    url: str = "https://registre.test"
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    def ask(self, method: str, path: str, data: dict[str, str] | None = None) -> httpx.Response:
        """Make one exchange, follow where it leads, keep the cookies."""

        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(self.address, 50000))
            async with httpx.AsyncClient(
                transport=transport,
                base_url=self.url,
                cookies=self.cookies,
                follow_redirects=True,
            ) as client:
                answer = await client.request(method, path, data=data)
                self.cookies = client.cookies
                return answer

        return asyncio.run(exchange())

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def form_token(self, path: str = "/flotte/connexion") -> str:
        found = re.search(r'name="form_token" value="([^"]+)"', self.get(path).text)
        assert found, "no form on this page"
        return found.group(1)

    def sign_in(self, name: str, passphrase: str = PASSPHRASE, code: str = "") -> httpx.Response:
        data = {"name": name, "passphrase": passphrase, "code": code}
        return self.ask("POST", "/flotte/connexion", data | {"form_token": self.form_token()})

    def sign_out(self) -> httpx.Response:
        data = {"form_token": self.form_token("/flotte")}
        return self.ask("POST", "/flotte/deconnexion", data)


def a_browser(
    service: RegistryService, *, address: str = ADDRESS, url: str = "https://registre.test"
) -> Browser:
    """A browser that speaks to a registry from an address."""
    routes = FleetPages(service).routes()
    app = make_app(service, load_wire_dictionary(), DICTIONARY_ID, more_routes=routes)
    return Browser(app, address, url)


def a_signed_in_browser(service: RegistryService, name: str) -> Browser:
    """A browser in which an account is signed in."""
    browser = a_browser(service)
    answer = browser.sign_in(name)
    assert answer.status_code == 200, answer.text
    assert "Se déconnecter" in answer.text
    return browser
