"""`fsmobile registry serve`: the registry's process, with TLS, or behind a relay, or for here."""

import json
import logging
import ssl
import sys
from argparse import Namespace
from ipaddress import ip_address
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY, create_server, socket

import uvicorn
from starlette.applications import Starlette

from fsmobile.cli.output import say
from fsmobile.cli.registry_site import RegistrySite, find_replica
from fsmobile.errors import InvalidInput, NotAllowed
from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry import database
from fsmobile.registry.app import make_app
from fsmobile.registry.fleet.pages import FleetPages
from fsmobile.registry.patience import HEADERS_MAX, PatientProtocol
from fsmobile.registry.public.pages import PublicPages
from fsmobile.registry.service import RegistryService
from fsmobile.texts.translation import _

SHUTDOWN_SECONDS = 5
KEEP_ALIVE_SECONDS = 30
TOKEN_MIN = 20
"""Characters of what opens the figures: nobody types it."""
FIELDS = ("status", "ms", "device", "detail")
"""What a line of the log says beside its message; never anything of a visit."""


class JsonLines(logging.Formatter):
    """One JSON object for each line of the log."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a line."""
        line: dict[str, object] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "name": record.name,
            "message": record.getMessage(),
        }
        line |= {name: vars(record)[name] for name in FIELDS if name in vars(record)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def run(site: RegistrySite, arguments: Namespace) -> int:
    """Serve until told to stop.

    Raises:
        InvalidInput: plain HTTP beyond this machine, a bad certificate or token, a port that is
            taken.
        NotAllowed: the database is a replica.
    """
    has_tls = arguments.tls_cert is not None or arguments.tls_key is not None
    if has_tls:
        _check_certificate(arguments)
    elif not arguments.behind_proxy and not _is_loopback(arguments.host):
        raise InvalidInput("registry_needs_tls", host=arguments.host)
    if site.folder is not None:
        # One command starts a registry: the embedded database is made and migrated here.
        site.make()
    if database.is_replica(site.engine):
        raise NotAllowed("registry_read_only")
    service = site.open()
    app = _make_app(site, service, arguments)
    _log_as_json(arguments.log)
    listener = _listen(arguments)
    host, port = listener.getsockname()[:2]
    scheme = "https" if has_tls else "http"
    say(_("Registre à l'écoute : {address}").format(address=f"{scheme}://{host}:{port}"))
    uvicorn.Server(_configure(app, arguments)).run(sockets=[listener])
    return 0


def _make_app(site: RegistrySite, service: RegistryService, arguments: Namespace) -> Starlette:
    """Put together the protocol, the fleet pages and the public pages."""
    replica = None
    if arguments.read_database is not None:
        replica = find_replica(arguments.read_database, service)
    return make_app(
        service,
        load_wire_dictionary(),
        DICTIONARY_ID,
        in_flight_max=arguments.in_flight,
        watch_token=_read_token(arguments.metrics_token),
        more_routes=[
            *FleetPages(service, replica, site.log_erasures).routes(),
            *PublicPages(service, replica, arguments.public_address or "").routes(),
        ],
    )


def _configure(app: Starlette, arguments: Namespace) -> uvicorn.Config:
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        h11_max_incomplete_event_size=HEADERS_MAX,
        log_config=None,
        log_level=arguments.log,
        access_log=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        server_header=False,
        date_header=False,
        proxy_headers=arguments.behind_proxy,
        lifespan="off",
        ssl_certfile=arguments.tls_cert,
        ssl_keyfile=arguments.tls_key,
    )
    config.load()
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
    return config


def _read_token(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise InvalidInput("metrics_token_unreadable", path=str(path)) from error
    if len(token) < TOKEN_MIN:
        raise InvalidInput("metrics_token_short", path=str(path), minimum=TOKEN_MIN)
    return token


def _listen(arguments: Namespace) -> socket:
    try:
        listener = create_server((arguments.host, arguments.port))
    except OSError as error:
        raise InvalidInput(
            "registry_port_taken", host=arguments.host, port=arguments.port
        ) from error
    # Inherited by every connection; without it each answer waits 40 ms for an acknowledgement.
    listener.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    return listener


def _check_certificate(arguments: Namespace) -> None:
    try:
        if arguments.tls_cert is None or arguments.tls_key is None:
            raise FileNotFoundError("--tls-cert, --tls-key")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments.tls_cert, arguments.tls_key, password=_no_password)
    except (OSError, ValueError) as error:
        raise InvalidInput("registry_tls_unreadable", detail=str(error)[:200]) from error


def _no_password() -> str:
    # Without it OpenSSL would ask at the terminal, and a service has none.
    raise ValueError("password")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _log_as_json(level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
