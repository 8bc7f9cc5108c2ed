"""The OpenAPI document of the registry, made from the types of the messages."""

from typing import Any

import msgspec

from fsmobile import __version__
from fsmobile.core.publications import PUBLIC_ROOT
from fsmobile.protocol.compression import DICTIONARY_HEADER
from fsmobile.protocol.envelope import MEDIA_TYPE
from fsmobile.protocol.hand_in import HandedIn, HandInAnswered
from fsmobile.protocol.messages import Answered, Busy, EnrolAnswer, EnrolRequest, SyncRequest
from fsmobile.protocol.snapshots import AUTHORISATION, SNAPSHOT_TYPE
from fsmobile.registry.problems import STATUS, TOO_MANY

ENVELOPE = "msgpack `[payload, signature]`, zstd; the payload is msgpack of this shape."
TEMPLATE = "#/components/schemas/{name}"


def describe_registry() -> dict[str, Any]:
    """Return the document; it changes when a message does, never by hand."""
    types = [SyncRequest, Answered, EnrolRequest, EnrolAnswer, HandInAnswered]
    (request, answered, enrolment, enrolled, handed_in), components = (
        msgspec.json.schema_components(types, ref_template=TEMPLATE)
    )
    dictionary = {
        "name": DICTIONARY_HEADER,
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "Id of the compression dictionary of the body, when one was used.",
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "fsmobile registry", "version": __version__},
        "paths": {
            "/v1/sync": {
                "post": {
                    "summary": "Push, acknowledge and pull in one exchange",
                    "parameters": [dictionary],
                    "requestBody": _body(request),
                    "responses": _responses(answered, SyncRequest),
                }
            },
            "/v1/enrol": {
                "post": {
                    "summary": "Make a laptop known, by a code that is never sent",
                    "requestBody": _body(enrolment),
                    "responses": _responses(enrolled, EnrolRequest),
                }
            },
            "/v1/bundle": {"post": _bundle(handed_in)},
            "/v1/snapshot/{scope}": {"get": _snapshot()},
            "/v1/keys": _keys(),
            "/healthz": _probe("The process answers"),
            "/v1/health": _probe("The process answers"),
            "/readyz": _probe("The database answers, at the schema of this program", "It does not"),
            "/metrics": _probe("Figures for Prometheus"),
            "/openapi.json": _probe("This document"),
            "/flotte/bilans.json": _report(),
            **_public_data(),
        },
        "components": {"schemas": components},
    }


def _body(schema: Any) -> dict[str, Any]:
    return {
        "required": True,
        "description": ENVELOPE,
        "content": {MEDIA_TYPE: {"schema": schema}},
    }


def _responses(schema: Any, of: type) -> dict[str, Any]:
    answers: dict[str, list[str]] = {}
    for kind, status in [*STATUS.items(), (Busy, TOO_MANY)]:
        answers.setdefault(str(status), []).append(kind.__name__)
    return {
        status: {
            "description": ", ".join(sorted(names)),
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status, names in sorted(answers.items())
    }


def _bundle(answered: Any) -> dict[str, Any]:
    return {
        "summary": "Hand in a sealed file, of this laptop or of another",
        "parameters": [
            {
                "name": "Authorization",
                "in": "header",
                "required": True,
                "schema": {"type": "string"},
                "description": f"`{AUTHORISATION}`, then a sealed HandInRequest in base64.",
            }
        ],
        "requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": {}}}},
        "responses": _responses(answered, HandedIn),
    }


def _snapshot() -> dict[str, Any]:
    texts = {"required": True, "schema": {"type": "string"}}
    return {
        "summary": "The history of a scope as one file, for a laptop that has none of it",
        "parameters": [
            {"name": "scope", "in": "path", **texts},
            {
                "name": "Authorization",
                "in": "header",
                "description": f"`{AUTHORISATION}`, then a sealed SnapshotRequest in base64.",
                **texts,
            },
            {"name": "Range", "in": "header", "schema": {"type": "string"}},
        ],
        "responses": {
            "200": {"description": "The file", "content": {SNAPSHOT_TYPE: {}}},
            "206": {"description": "The file from a byte on", "content": {SNAPSHOT_TYPE: {}}},
            "400": {"description": "No request of ours"},
            "401": {"description": "UnknownDevice"},
            "403": {"description": "Revoked, or a scope of others"},
            "404": {"description": "No such snapshot any more: sync again"},
            "409": {"description": "Replay"},
            "416": {"description": "Beyond its end"},
            "503": {"description": "Busy"},
        },
    }


def _keys() -> dict[str, Any]:
    return {
        "get": {
            "summary": "How the registry came to its signing key, from the first one on",
            "responses": {
                "200": {"description": "msgpack: handovers, each signed by both keys"}
                | _content(MEDIA_TYPE)
            },
        }
    }


def _probe(summary: str, otherwise: str | None = None) -> dict[str, Any]:
    responses = {"200": {"description": summary}}
    if otherwise is not None:
        responses["503"] = {"description": otherwise}
    return {"get": {"summary": summary, "responses": responses}}


def _report() -> dict[str, Any]:
    asked = {
        "de": "Of what: `tout`, `departement:16`, `structure:<id>` or `unite:<structure>/<bus>`.",
        "periode": "`2026`, `2026-11`, `2026-W47` or `2026-11-21`; this month without it.",
        "par": "What it is broken down by: a code of docs/definitions.md.",
    }
    return {
        "get": {
            "summary": "The figures of a period, beside the one before; each answer is noted",
            "description": "For the session of an account; small counts of people are `< 5`.",
            "parameters": [
                _parameter(name, "query", meaning, is_required=False)
                for name, meaning in asked.items()
            ],
            "responses": {
                "200": {"description": "The figures, what each counts, one break-down"}
                | _content("application/json"),
                "400": {"description": "No such period, subject or break-down"},
                "401": {"description": "Nobody is signed in"},
                "404": {"description": "Nothing of the kind that this account may read"},
            },
        }
    }


def _public_data() -> dict[str, Any]:
    """Describe the calendars and files that anybody may read."""
    calendars = ("commune/{insee}", "arret/{agency}/{tour}/{stop}", "tournee/{agency}/{tour}")
    ics = {
        f"{PUBLIC_ROOT}/{path}.ics": _public(path, "Passages as a calendar", "text/calendar")
        for path in (*calendars, "vehicule/{agency}/{vehicle}")
    }
    file = "service/{agency}/{file}"
    return ics | {f"{PUBLIC_ROOT}/{file}": _public(file, "A file of open data", "application/json")}


def _public(path: str, summary: str, media_type: str) -> dict[str, Any]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return {
        "get": {
            "summary": summary,
            "parameters": [_parameter(name, "path", "As the pages link to it.") for name in names],
            "responses": {
                "200": {"description": "The data"} | _content(media_type),
                "304": {"description": "As it was when it was last read"},
                "404": {"description": "No such thing"},
                "429": {"description": "Too often from one house"},
                "503": {"description": "Busy"},
            },
        }
    }


def _parameter(name: str, where: str, meaning: str, *, is_required: bool = True) -> dict[str, Any]:
    schema = {"type": "string"}
    told = {"name": name, "in": where, "required": is_required, "schema": schema}
    return told | {"description": meaning}


def _content(media_type: str) -> dict[str, Any]:
    return {"content": {media_type: {}}}
