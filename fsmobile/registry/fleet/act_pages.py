"""What accounts do on the fleet pages: revoke and move a laptop, have people's data erased."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fsmobile.errors import FsmobileError, InvalidInput
from fsmobile.protocol.scopes import Role
from fsmobile.registry.administration import revoke
from fsmobile.registry.assignments import assign
from fsmobile.registry.confirmations import Unconfirmed, list_unconfirmed
from fsmobile.registry.erasure import erase
from fsmobile.registry.fleet.door import Door
from fsmobile.registry.fleet.records import Account
from fsmobile.registry.fleet.rights import Right
from fsmobile.registry.records import DeviceRow, Erasure
from fsmobile.registry.service import RegistryService
from fsmobile.texts.sentences import explain_error

ERASURES = "/effacements"
GROUND_MAX = 200
IDS_MAX = 100
WriteDown = Callable[[Sequence[Erasure]], None]
"""Records erasures outside the database, because a restored one has forgotten them."""


@dataclass(frozen=True)
class ActPages:
    """The handlers, around one registry."""

    service: RegistryService
    door: Door
    write_down: WriteDown

    def routes(self) -> list[BaseRoute]:
        """Return where each act is."""
        return [
            Route("/poste/{device}/revocation", self.revoke, methods=["POST"]),
            Route("/poste/{device}/affectation", self.move, methods=["POST"]),
            Route(ERASURES, self.erasures, methods=["GET"]),
            Route(ERASURES, self.erase, methods=["POST"]),
        ]

    async def revoke(self, request: Request) -> Response:
        """Revoke a laptop."""

        def do(account: Account, device: DeviceRow, _form: dict[str, str]) -> None:
            revoke(self.service, device.device_id.hex(), by=account.name)

        return await self._on_laptop(request, Right.REVOKE, do)

    async def move(self, request: Request) -> Response:
        """Assign a laptop to another bus or role."""

        def do(account: Account, device: DeviceRow, form: dict[str, str]) -> None:
            unit, role = form.get("unit", ""), form.get("role", Role.AGENT)
            assign(self.service, device.device_id.hex(), unit=unit, role=role, by=account.name)

        return await self._on_laptop(request, Right.MOVE, do)

    async def erasures(self, request: Request) -> Response:
        """Show who has not confirmed an erasure."""
        account = await self.door.account_of(request)
        if account is None:
            return self.door.lead_to("/connexion")
        if not account.may(Right.SEE_ERASURES):
            return await self.door.refuse(request, account, Right.SEE_ERASURES)
        return await self._show_erasures(request, account)

    async def erase(self, request: Request) -> Response:
        """Erase here, and order it everywhere."""
        account = await self.door.account_of(request)
        if account is None:
            return self.door.lead_to("/connexion")
        if not account.may(Right.ERASE):
            return await self.door.refuse(request, account, Right.ERASE)
        form = await self.door.read_own_form(request)
        if form is None:
            return await self._show_erasures(request, account, error=InvalidInput("form_not_ours"))
        try:
            ids, ground = _read_order(form)
            is_own = await self.door.run_in_thread(partial(self._are_own, account, ids))
            if not is_own:
                return await self.door.refuse(request, account, Right.ERASE)
            await self.door.run_in_thread(
                partial(
                    erase, self.service, ids, ground, write_down=self.write_down, by=account.name
                )
            )
        except FsmobileError as error:
            return await self._show_erasures(request, account, error=error)
        return self.door.lead_to(f"{ERASURES}?fait={len(ids)}")

    async def _on_laptop(
        self,
        request: Request,
        right: Right,
        do: Callable[[Account, DeviceRow, dict[str, str]], None],
    ) -> Response:
        account = await self.door.account_of(request)
        if account is None:
            return self.door.lead_to("/connexion")
        device = await self.door.run_in_thread(
            partial(self._find, str(request.path_params["device"]))
        )
        if device is None or not account.may_in(right, device.agency):
            known = None if device is None else device.device_id
            return await self.door.refuse(request, account, right, known)
        form = await self.door.read_own_form(request)
        error: FsmobileError | None = InvalidInput("form_not_ours")
        if form is not None:
            try:
                await self.door.run_in_thread(partial(do, account, device, form))
                error = None
            except FsmobileError as refused:
                error = refused
        if error is None:
            return self.door.lead_to(f"/poste/{device.device_id.hex()}")
        return self._show_error(request, account, error)

    def _show_error(self, request: Request, account: Account, error: FsmobileError) -> Response:
        said = explain_error(error)
        return self.door.show(
            request, "message.html", account, status=409, title=said.what, sentence=said.next
        )

    async def _show_erasures(
        self, request: Request, account: Account, *, error: FsmobileError | None = None
    ) -> Response:
        now = self.service.clock.now_ms()
        waiting = await self.door.run_in_thread(partial(self._waiting, account))
        said = None if error is None else explain_error(error)
        done = request.query_params.get("fait", "")
        return self.door.show(
            request,
            "erasures.html",
            account,
            status=200 if error is None else 409,
            lines=[(one, one.days(now)) for one in waiting],
            may_erase=account.may(Right.ERASE),
            error="" if said is None else f"{said.what} {said.next}",
            done=int(done) if done.isascii() and done.isdigit() and len(done) < 7 else 0,
        )

    def _waiting(self, account: Account) -> list[Unconfirmed]:
        found = list_unconfirmed(self.service.storage)
        return [one for one in found if account.may_in(Right.SEE_ERASURES, one.device.agency)]

    def _find(self, text: str) -> DeviceRow | None:
        try:
            device_id = bytes.fromhex(text)
        except ValueError:
            return None
        with self.service.storage.reading() as transaction:
            return transaction.find_device(device_id)

    def _are_own(self, account: Account, ids: Sequence[str]) -> bool:
        """Tell whether an account may erase all of these, given their structures."""
        if account.agency is None:
            return True
        with self.service.storage.reading() as transaction:
            targets = transaction.find_targets(ids)
        named = {one.op_id for one in targets} | {one.entity for one in targets}
        agencies = {one.scope.partition(":")[2].partition("/")[0] for one in targets}
        return set(ids) <= named and agencies <= {account.agency}


def _read_order(form: dict[str, str]) -> tuple[list[str], str]:
    """Read from a form what to erase, and why.

    Raises:
        InvalidInput: nothing, too much, or no reason.
    """
    ids, ground = form.get("acts", "").split(), " ".join(form.get("ground", "").split())
    if not ids or len(ids) > IDS_MAX or not ground or len(ground) > GROUND_MAX:
        raise InvalidInput("erase_of_nothing")
    return ids, ground
