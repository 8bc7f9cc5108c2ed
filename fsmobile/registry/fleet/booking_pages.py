"""The page of a town hall over HTTP: book on the next passages, give back; plain forms."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from functools import cached_property, partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fsmobile.core.catalogue import Catalogue
from fsmobile.core.ids import ProcedureId
from fsmobile.errors import FsmobileError, InvalidInput
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.registry.fleet.bookings import Bookings, book, give_back, load_bookings
from fsmobile.registry.fleet.door import Door
from fsmobile.registry.fleet.records import Account
from fsmobile.registry.fleet.rights import Right
from fsmobile.registry.orders import OrderBook
from fsmobile.registry.service import RegistryService
from fsmobile.registry.storage import Transaction
from fsmobile.registry.timetables import Timetable, Timetables
from fsmobile.texts.sentences import explain_error

PATH = "/rendez-vous"


@dataclass(frozen=True)
class BookingPages:
    """The handlers, around one registry."""

    service: RegistryService
    door: Door

    def routes(self) -> list[BaseRoute]:
        """Return where the page and its two forms are."""
        return [
            Route(PATH, self.show, methods=["GET"]),
            Route(PATH, self.book, methods=["POST"]),
            Route(f"{PATH}/rendu", self.give_back, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Show what can be booked, and what is."""
        account = await self.door.account_of(request)
        if account is None:
            return self.door.lead_to("/connexion")
        if not account.may(Right.BOOK):
            return await self.door.refuse(request, account, Right.BOOK)
        return await self._show(request, account)

    async def book(self, request: Request) -> Response:
        """Book the chosen hour, then show it with its reference."""
        return await self._act(request, self._book)

    async def give_back(self, request: Request) -> Response:
        """Call an appointment of this town hall off."""
        return await self._act(request, self._give_back)

    async def _act(
        self, request: Request, act: Callable[[Account, dict[str, str]], str]
    ) -> Response:
        account = await self.door.account_of(request)
        if account is None:
            return self.door.lead_to("/connexion")
        if not account.may(Right.BOOK):
            return await self.door.refuse(request, account, Right.BOOK)
        form = await self.door.read_own_form(request)
        if form is None:
            return await self._show(request, account, error=InvalidInput("form_not_ours"))
        try:
            done = await self.door.run_in_thread(partial(act, account, form))
        except FsmobileError as error:
            return await self._show(request, account, error=error)
        return self.door.lead_to(f"{PATH}?{done}")

    async def _show(
        self, request: Request, account: Account, *, error: FsmobileError | None = None
    ) -> Response:
        shown = await self.door.run_in_thread(partial(self._load, account))
        sentence = None if error is None else explain_error(error)
        return self.door.show(
            request,
            "bookings.html",
            account,
            status=200 if error is None else 409,
            timezone=shown.timetable.timezone,
            shown=shown.bookings,
            procedures=self._procedures,
            labels=self._labels,
            error="" if sentence is None else f"{sentence.what} {sentence.next}",
            taken=request.query_params.get("pris", ""),
            given_back=request.query_params.get("rendu", ""),
        )

    def _load(self, account: Account) -> "Shown":
        with self.service.storage.reading() as transaction:
            timetable = self._timetable(transaction, account)
            now = self.service.clock.now_ms()
            return Shown(timetable, load_bookings(transaction, timetable, account, now))

    def _book(self, account: Account, form: dict[str, str]) -> str:
        passage_id, _bar, hour = form.get("slot", "").rpartition("|")
        try:
            starts = time.fromisoformat(hour)
        except ValueError as error:
            raise InvalidInput("slot_not_chosen") from error
        procedure = form.get("procedure", "")
        known = ProcedureId(procedure) if procedure in self._catalogue.procedures else None

        def write(transaction: Transaction) -> str:
            return book(
                self._book_of(transaction),
                self._timetable(transaction, account),
                account,
                passage_id=passage_id,
                starts=starts,
                procedure=known,
                needs_transport=form.get("transport") == "oui",
            )

        return f"pris={self.service.storage.run(write)}"

    def _give_back(self, account: Account, form: dict[str, str]) -> str:
        appointment_id = form.get("appointment", "")

        def write(transaction: Transaction) -> None:
            timetable = self._timetable(transaction, account)
            give_back(self._book_of(transaction), timetable, account, appointment_id)

        self.service.storage.run(write)
        return "rendu=oui"

    def _book_of(self, transaction: Transaction) -> OrderBook:
        service = self.service
        return OrderBook(transaction=transaction, clock=service.clock, chance=service.chance)

    def _timetable(self, transaction: Transaction, account: Account) -> Timetable:
        return self._timetables.load(transaction, account.agency or "")

    @cached_property
    def _timetables(self) -> Timetables:
        return Timetables()

    @cached_property
    def _catalogue(self) -> Catalogue:
        return load_catalogue()

    @cached_property
    def _labels(self) -> dict[str, str]:
        return {code: one.label for code, one in self._catalogue.procedures.items()}

    @cached_property
    def _procedures(self) -> list[tuple[str, str]]:
        """List what people come for, by name."""
        named = ((code, label) for code, label in self._labels.items())
        return sorted(named, key=lambda one: one[1].casefold())


@dataclass(frozen=True, slots=True)
class Shown:
    """The page's values, and the timetable that they are of."""

    timetable: Timetable
    bookings: Bookings
