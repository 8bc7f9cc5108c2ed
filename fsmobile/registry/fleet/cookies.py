"""Cookies of the fleet pages, and whether the way to them is private enough to give any."""

from starlette.requests import Request
from starlette.responses import Response

from fsmobile.registry.pace import address_of, is_here

MARK_STAYS_SECONDS = 180 * 86_400


def is_tls(request: Request) -> bool:
    """Tell whether a page is asked for by https, here or at the relay."""
    return request.url.scheme == "https"


def is_private(request: Request) -> bool:
    """Tell whether nobody on the way can read a passphrase or a cookie."""
    if is_tls(request):
        return True
    return is_here(address_of(request))


def cookie_name(request: Request) -> str:
    """Return the name of the session's cookie; of this host only, where that can be said."""
    return "__Host-fsmobile" if is_tls(request) else "fsmobile"


def form_cookie_name(request: Request) -> str:
    """Return the name of the sign-in form's cookie."""
    # Not that of the session: a link in a letter brings no strict cookie, and the form that it
    # is then shown must not put an end to the session.
    return f"{cookie_name(request)}-form"


def mark_cookie_name(request: Request) -> str:
    """Return the name of what a browser keeps between two sessions."""
    return f"{cookie_name(request)}-mark"


def token_of(request: Request) -> str:
    """Return what the browser shows for its session, or nothing."""
    return request.cookies.get(cookie_name(request), "")


def with_cookie(
    response: Response, request: Request, name: str, token: str, *, stays: int | None = None
) -> Response:
    """Give the browser a cookie that no script reads and no other site sends."""
    response.set_cookie(
        name,
        token,
        max_age=stays,
        path="/",
        httponly=True,
        samesite="strict",
        secure=is_tls(request),
    )
    return response
