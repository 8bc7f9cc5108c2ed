"""What each part of the fleet pages asks of the whole."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from fsmobile.registry.fleet.records import Account

T = TypeVar("T")


class Door(Protocol):
    """What the fleet pages do for a part of them: who asks, and the frame around what is shown."""

    async def account_of(self, request: Request) -> Account | None:
        """Return who has signed in."""
        ...

    async def read_own_form(self, request: Request) -> dict[str, str] | None:
        """Return the fields of a form that our own page showed to this person."""
        ...

    async def refuse(
        self, request: Request, account: Account, act: str, device_id: bytes | None = None
    ) -> Response:
        """Note what an account may not do, and say that there is no such page."""
        ...

    async def run_in_thread(self, do: Callable[[], T]) -> T:
        """Do what asks the database in a thread of the pages' own."""
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
        """Lead to another of our pages."""
        ...
