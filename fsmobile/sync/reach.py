"""Whether the registry answers, asked without sending anything."""

import time
from dataclasses import dataclass

import httpx

TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The result of asking."""

    answers: bool
    code: str
    """`registry_answers`, `not_the_registry`, `registry_unreachable`."""
    milliseconds: int
    version: str = ""


def reach_registry(url: str) -> Reach:
    """Ask for the registry's health; an answer from a captive portal is recognised."""
    begun = time.monotonic()
    try:
        answer = httpx.get(
            f"{url.rstrip('/')}/v1/health", timeout=TIMEOUT_SECONDS, follow_redirects=False
        )
        facts = answer.json() if answer.status_code == 200 else None
    except (httpx.HTTPError, httpx.InvalidURL):
        return Reach(answers=False, code="registry_unreachable", milliseconds=_since(begun))
    except ValueError:
        facts = None
    if not isinstance(facts, dict) or facts.get("service") != "fsmobile-registry":
        return Reach(answers=False, code="not_the_registry", milliseconds=_since(begun))
    return Reach(
        answers=True,
        code="registry_answers",
        milliseconds=_since(begun),
        version=str(facts.get("version", "")),
    )


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
