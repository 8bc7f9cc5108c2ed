"""What each part of the fleet pages needs from the whole."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from fsmobile.registry.fleet.records import Account

T = TypeVar("T")


class Door(Protocol):
    """What the fleet pages do for each part: identify the caller, and frame what is shown."""

    async def account_of(self, request: Request) -> Account | None:
        """Return the account that has signed in."""
        ...

    async def read_own_form(self, request: Request) -> dict[str, str] | None:
        """Return the fields of a form, if our own page showed it to this person."""
        ...

    async def refuse(
        self, request: Request, account: Account, act: str, device_id: bytes | None = None
    ) -> Response:
        """Record a forbidden attempt, and answer that there is no such page."""
        ...

    async def run_in_thread(self, do: Callable[[], T]) -> T:
        """Run a database query in a thread of the pages' own."""
        ...

    def show(
        self,
        request: Request,
        template: str,
        account: Account,
        *,
        status: int = 200,
        timezone: str | None = None,
        **values: object,
    ) -> Response:
        """Draw a page."""
        ...

    def lead_to(self, path: str) -> Response:
        """Redirect to another of our pages."""
        ...
