"""The fleet pages over HTTP: sign in, look, sign out; plain forms, no script, no cache."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.resources import files
from typing import TypeVar
from urllib.parse import parse_qs

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from fsmobile.registry.fleet.act_pages import ActPages, WriteDown
from fsmobile.registry.fleet.booking_pages import PATH as BOOKING_PATH
from fsmobile.registry.fleet.booking_pages import BookingPages
from fsmobile.registry.fleet.cookies import (
    MARK_STAYS_SECONDS,
    cookie_name,
    form_cookie_name,
    is_private,
    is_tls,
    mark_cookie_name,
    token_of,
    with_cookie,
)
from fsmobile.registry.fleet.overviews import Overviews
from fsmobile.registry.fleet.records import Account
from fsmobile.registry.fleet.rendering import Renderer
from fsmobile.registry.fleet.report_pages import ReportPages
from fsmobile.registry.fleet.rights import Right
from fsmobile.registry.fleet.sessions import Credentials, Sessions, SignedIn, TryAfter
from fsmobile.registry.forbidden_acts import note_forbidden
from fsmobile.registry.pace import address_of
from fsmobile.registry.service import RegistryService
from fsmobile.registry.storage import Storage, Transaction
from fsmobile.registry.timetables import Timetables
from fsmobile.texts.translation import _

ROOT = "/flotte"
FORM_MAX = 8 * 1024
PAGES_AT_ONCE = 4
"""Threads that pages may take: laptops keep the others."""
SIGN_INS_AT_ONCE = 2
"""Each hashes a passphrase in 64 MiB of memory."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: a browser would then hide from which page a form was sent.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
T = TypeVar("T")


@dataclass(frozen=True)
class FleetPages:
    """The handlers, around one registry."""

    service: RegistryService
    replica: Storage | None = None
    """A copy of the database that the pages are read from; accounts stay with the service."""
    write_down: WriteDown = lambda _erasures: None

    def routes(self) -> list[BaseRoute]:
        """Return where each page is."""
        return [
            Mount(
                ROOT,
                routes=[
                    Route("/", self.agencies),
                    Route("/connexion", self.sign_in_form, methods=["GET"]),
                    Route("/connexion", self.sign_in, methods=["POST"]),
                    Route("/deconnexion", self.sign_out, methods=["POST"]),
                    Route("/structure/{agency}", self.agency),
                    Route("/poste/{device}", self.laptop),
                    *BookingPages(self.service, self).routes(),
                    *ActPages(self.service, self, self.write_down).routes(),
                    *ReportPages(self.service, self, self.replica).routes(),
                    Route("/style.css", partial(_asset, "style.css", "text/css")),
                    Route("/icone.svg", partial(_asset, "icone.svg", "image/svg+xml")),
                    Route("/{rest:path}", self.nothing),
                ],
            ),
            Route(ROOT, self.agencies),
        ]

    @cached_property
    def sessions(self) -> Sessions:
        """Who reads the pages."""
        service = self.service
        return Sessions(storage=service.storage, clock=service.clock, chance=service.chance)

    @cached_property
    def overviews(self) -> Overviews:
        """What the pages show."""
        return Overviews(self.replica or self.service.storage, Timetables())

    @cached_property
    def render(self) -> Renderer:
        """What turns values into HTML."""
        return Renderer(root=ROOT, clock=self.service.clock)

    @cached_property
    def _threads(self) -> CapacityLimiter:
        return CapacityLimiter(PAGES_AT_ONCE)

    @cached_property
    def _sign_in_threads(self) -> CapacityLimiter:
        return CapacityLimiter(SIGN_INS_AT_ONCE)

    async def run_in_thread(self, do: Callable[[], T]) -> T:
        """Do what asks the database in a thread of the pages' own."""
        return await anyio.to_thread.run_sync(do, limiter=self._threads)

    async def sign_in_form(self, request: Request) -> Response:
        """Show the sign-in form, or the fleet to who has signed in."""
        if await self.account_of(request) is not None:
            return _redirect(ROOT)
        return await self._form(request)

    async def sign_in(self, request: Request) -> Response:
        """Let a person in."""
        if not is_private(request):
            return self._refuse_plain_http()
        form = await _read_form(request)
        if form is None or not await self._is_our_form(
            form, request.cookies.get(form_cookie_name(request), "")
        ):
            sentence = _("Ce formulaire a expiré ou ne vient pas de cette page. Recommencez.")
            return await self._form(request, error=sentence, status=403)
        name = form.get("name", "").strip().lower()[:64]
        credentials = Credentials(
            name=name,
            passphrase=form.get("passphrase", ""),
            code=form.get("code", ""),
            address=address_of(request),
            mark=request.cookies.get(mark_cookie_name(request), ""),
        )
        outcome = await anyio.to_thread.run_sync(
            partial(self.sessions.sign_in, credentials), limiter=self._sign_in_threads
        )
        match outcome:
            case SignedIn(token=token, mark=mark):
                response = with_cookie(_redirect(ROOT), request, cookie_name(request), token)
                name = mark_cookie_name(request)
                return with_cookie(response, request, name, mark, stays=MARK_STAYS_SECONDS)
            case TryAfter(at_ms=at_ms):
                wait = max(1, (at_ms - self.service.clock.now_ms() + 999) // 1000)
                sentence = _(
                    "Trop d'essais manqués. Rien n'est regardé avant {moment} : revenez alors."
                ).format(moment=self.render.moment(at_ms))
                response = await self._form(request, error=sentence, name=name, status=429)
                response.headers["Retry-After"] = str(wait)
                return response
            case _:
                sentence = _("Nom, phrase de passe ou code faux. Vérifiez, puis recommencez.")
                return await self._form(request, error=sentence, name=name, status=401)

    async def sign_out(self, request: Request) -> Response:
        """End a session."""
        form = await _read_form(request)
        if form is None or not await self._is_our_form(form, token_of(request)):
            return self._message(
                _("Demande refusée"), _("Ce formulaire ne vient pas de cette page."), 403
            )
        await self.run_in_thread(partial(self.sessions.sign_out, token_of(request)))
        response = _redirect(f"{ROOT}/connexion")
        response.delete_cookie(cookie_name(request), path="/", secure=is_tls(request))
        return response

    async def agencies(self, request: Request) -> Response:
        """Show the structures; the only one at once to who may see only one."""
        account = await self.account_of(request)
        if account is None:
            return _redirect(f"{ROOT}/connexion")
        if account.is_town_hall:
            return self.lead_to(BOOKING_PATH)
        if account.agency is not None:
            return _redirect(f"{ROOT}/structure/{account.agency}")
        shown = await self.run_in_thread(
            partial(self.overviews.load_agencies, account, _page(request), self._now())
        )
        return self.show(request, "agencies.html", account, shown=shown)

    async def agency(self, request: Request) -> Response:
        """Show one structure."""
        account = await self.account_of(request)
        if account is None:
            return _redirect(f"{ROOT}/connexion")
        agency = request.path_params["agency"]
        if not account.may_in(Right.SEE_FLEET, agency):
            return await self.refuse(request, account, Right.SEE_FLEET)
        shown = await self.run_in_thread(
            partial(self.overviews.load_agency, account, agency, _page(request), self._now())
        )
        if shown is None:
            return self.show_nothing(account, request)
        return self.show(request, "agency.html", account, timezone=shown.timezone, shown=shown)

    async def laptop(self, request: Request) -> Response:
        """Show one laptop."""
        account = await self.account_of(request)
        if account is None:
            return _redirect(f"{ROOT}/connexion")
        if not account.may_see_laptops:
            return await self.refuse(request, account, Right.SEE_LAPTOPS)
        try:
            device_id = bytes.fromhex(request.path_params["device"])
        except ValueError:
            device_id = b""
        shown = await self.run_in_thread(
            partial(self.overviews.load_laptop, device_id, self._now())
        )
        if shown is None:
            return self.show_nothing(account, request)
        agency = shown.line.row.agency
        if not account.may_in(Right.SEE_LAPTOPS, agency):
            return await self.refuse(request, account, Right.SEE_LAPTOPS, device_id)
        return self.show(
            request,
            "laptop.html",
            account,
            timezone=shown.timezone,
            shown=shown,
            may_revoke=account.may_in(Right.REVOKE, agency),
            may_move=account.may_in(Right.MOVE, agency),
        )

    async def nothing(self, request: Request) -> Response:
        """Say that there is no such page."""
        account = await self.account_of(request)
        if account is None:
            return _redirect(f"{ROOT}/connexion")
        return self.show_nothing(account, request)

    async def refuse(
        self, request: Request, account: Account, act: str, device_id: bytes | None = None
    ) -> Response:
        """Note what an account may not do, and say that there is no such page."""
        author = f"{account.name} ({account.role})"
        chance, now = self.service.chance, self._now()

        def note(transaction: Transaction) -> None:
            note_forbidden(transaction, chance, now, act=act, device_id=device_id, account=author)

        await self.run_in_thread(partial(self.service.storage.run, note))
        # The same answer for what does not exist and for what may not be seen.
        return self.show_nothing(account, request)

    def lead_to(self, path: str) -> Response:
        """Lead to another of our pages."""
        return _redirect(f"{ROOT}{path}")

    async def read_own_form(self, request: Request) -> dict[str, str] | None:
        """Return the fields of a form that our own page showed to this person."""
        form = await _read_form(request)
        if form is None or not await self._is_our_form(form, token_of(request)):
            return None
        return form

    def _now(self) -> int:
        return self.service.clock.now_ms()

    async def account_of(self, request: Request) -> Account | None:
        """Return who has signed in."""
        token = token_of(request)
        if not token or not is_private(request):
            return None
        return await self.run_in_thread(partial(self.sessions.find_account, token))

    async def _is_our_form(self, form: dict[str, str], token: str) -> bool:
        sent = form.get("form_token", "")

        def check() -> bool:
            return self.sessions.is_ours(token) and self.sessions.is_form_token(token, sent)

        return bool(token) and await self.run_in_thread(check)

    async def _form(
        self, request: Request, *, error: str = "", name: str = "", status: int = 200
    ) -> Response:
        if not is_private(request):
            return self._refuse_plain_http()
        token = request.cookies.get(form_cookie_name(request), "")
        if not token or not await self.run_in_thread(partial(self.sessions.is_ours, token)):
            token = await self.run_in_thread(self.sessions.make_token)
        content = self.render(
            "sign_in.html",
            error=error,
            name=name,
            form_token=self.sessions.form_token(token),
        )
        response = HTMLResponse(content, status_code=status, headers=HEADERS)
        return with_cookie(response, request, form_cookie_name(request), token)

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
        """Draw a page for who has signed in."""
        content = self.render(
            template,
            timezone=timezone,
            account=account,
            form_token=self.sessions.form_token(token_of(request)),
            **values,
        )
        return HTMLResponse(content, status_code=status, headers=HEADERS)

    def show_nothing(self, account: Account, request: Request) -> Response:
        """Say that there is no such page for this account."""
        return self.show(
            request,
            "message.html",
            account,
            status=404,
            title=_("Page introuvable"),
            sentence=_("Cette page n'existe pas, ou votre compte ne la montre pas."),
        )

    def _refuse_plain_http(self) -> Response:
        return self._message(
            _("Connexion non protégée"),
            _("Ces pages ne se lisent qu'en https, ou sur la machine du registre elle-même."),
            403,
        )

    def _message(self, title: str, sentence: str, status: int) -> Response:
        content = self.render("message.html", title=title, sentence=sentence)
        return HTMLResponse(content, status_code=status, headers=HEADERS)


async def _asset(name: str, media_type: str, request: Request) -> Response:
    content = (files("fsmobile.registry.fleet") / "templates" / name).read_bytes()
    return Response(content, media_type=media_type, headers=HEADERS)


def _redirect(url: str) -> Response:
    return RedirectResponse(url, status_code=303, headers=HEADERS)


def _page(request: Request) -> int:
    text = request.query_params.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


async def _read_form(request: Request) -> dict[str, str] | None:
    """Return the fields of a form, or None when it is none or far too long."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > FORM_MAX:
            return None
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=10, errors="strict")
    except ValueError:
        return None
    return {name: values[0] for name, values in fields.items() if "\0" not in values[0]}
