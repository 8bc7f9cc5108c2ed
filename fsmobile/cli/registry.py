"""`fsmobile registry init|serve|enrol-code|status|revoke`: the registry's own machine."""

import logging
import os
import sys
from argparse import ArgumentParser, Namespace
from datetime import date
from pathlib import Path

from fsmobile.cli.arguments import Formatter, add_format
from fsmobile.cli.output import complain, say, say_json, say_table
from fsmobile.cli.system import SystemChance, SystemClock
from fsmobile.errors import InvalidInput
from fsmobile.protocol.enrolment import format_code
from fsmobile.protocol.scopes import Role
from fsmobile.reference.enrolment_words import words
from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.texts.dates import format_numeric_day, format_time
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import DEFAULT_TIMEZONE, local_time
from fsmobile.usecases.schedule_check import check_files

PORT = 8731
SHUTDOWN_SECONDS = 5


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the acts of an administrator."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACTE"))
    init = acts.add_parser("init", help=_("crée un registre"), formatter_class=Formatter)
    migrate = acts.add_parser("migrate", help=_("met le schéma à jour"), formatter_class=Formatter)
    serve = acts.add_parser("serve", help=_("sert le registre"), formatter_class=Formatter)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=PORT, help=_("0 : un port libre"))
    serve.add_argument("--log", choices=("warning", "info"), default="warning")
    code = acts.add_parser(
        "enrol-code", help=_("donne un code d'inscription"), formatter_class=Formatter
    )
    code.add_argument("--unit", required=True, metavar="STRUCTURE/VEHICULE")
    code.add_argument("--role", choices=list(Role), default=Role.AGENT)
    status = acts.add_parser(
        "status", help=_("dit ce que tient le registre"), formatter_class=Formatter
    )
    revoke = acts.add_parser("revoke", help=_("révoque un poste"), formatter_class=Formatter)
    revoke.add_argument("device", metavar=_("POSTE"), help=_("nom, ou début de l'identifiant"))
    stick = acts.add_parser("import", help=_("lit la clé d'un portable"), formatter_class=Formatter)
    stick.add_argument("file", type=Path, metavar=_("FICHIER"))
    for one in (init, migrate, serve, code, status, revoke, stick):
        one.add_argument("--data", type=Path, metavar=_("DOSSIER"), help=_("base SQLite"))
        one.add_argument("--database", metavar="URL", help="postgresql://…")
    for one in (code, status):
        add_format(one, "text", "json")


def run(arguments: Namespace) -> int:
    """Do one act of an administrator."""
    try:
        # Deferred: a laptop has no server; only this command asks for the extra.
        from fsmobile.registry import administration, database
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("fsmobile"):
            raise  # our own fault: no library to install would mend it
        complain(_("Il manque une bibliothèque du registre : {name}.").format(name=error.name))
        complain(_("Installez-la : pip install 'fsmobile[registry]'"))
        return 4
    clock, chance = _clock(), SystemChance()
    engine = database.open_engine(_address(arguments))
    if arguments.act == "init":
        made = administration.make_registry(engine, clock, chance)
        say(_("Registre créé.") if made else _("Ce registre existe déjà ; il est à jour."))
        return 0
    if arguments.act == "migrate":
        database.migrate(engine)
        say(_("Le schéma du registre est à jour."))
        return 0
    if arguments.act == "serve" and arguments.data is not None:
        # One command starts a registry: the embedded database is made and migrated here.
        administration.make_registry(engine, clock, chance)
    service = administration.open_registry(
        engine, clock, chance, lambda files: check_files(files, _today(clock))
    )
    match arguments.act:
        case "serve":
            return _serve(service, arguments)
        case "enrol-code":
            code = administration.make_code(service, arguments.unit, arguments.role)
            return _show_code(format_code(code, words()), arguments)
        case "import":
            # Deferred, like the rest of the server: see above.
            from fsmobile.cli.registry_import import run_import

            return run_import(service, arguments)
        case "revoke":
            device = administration.revoke(service, arguments.device)
            say(_("Poste révoqué : {name} ({unit}).").format(name=device.name, unit=device.unit))
        case _:
            _show_status(administration.load_state(service), arguments.format)
    return 0


def _address(arguments: Namespace) -> str:
    from fsmobile.registry.database import sqlite_url

    if arguments.database and arguments.data:
        raise InvalidInput("registry_two_databases")
    if arguments.database:
        address = str(arguments.database)
        return address.replace("postgresql://", "postgresql+psycopg://", 1)
    if arguments.data is None:
        raise InvalidInput("registry_without_database")
    arguments.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return sqlite_url(arguments.data)


def _serve(service: object, arguments: Namespace) -> int:
    import socket

    import uvicorn

    from fsmobile.registry.app import make_app
    from fsmobile.registry.service import RegistryService

    assert isinstance(service, RegistryService)
    app = make_app(service, load_wire_dictionary(), DICTIONARY_ID)
    logging.basicConfig(stream=sys.stderr, level=arguments.log.upper())
    try:
        listener = socket.create_server((arguments.host, arguments.port))
    except OSError as error:
        raise InvalidInput(
            "registry_port_taken", host=arguments.host, port=arguments.port
        ) from error
    host, port = listener.getsockname()[:2]
    say(_("Registre à l'écoute : http://{host}:{port}").format(host=host, port=port))
    config = uvicorn.Config(
        app,
        log_level=arguments.log,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        server_header=False,
        date_header=False,
        lifespan="off",
    )
    uvicorn.Server(config).run(sockets=[listener])
    return 0


def _clock() -> SystemClock:
    offset = os.environ.get("FSMOBILE_DECALAGE_HORLOGE", "0")
    return SystemClock(offset_seconds=int(offset) if offset.lstrip("-").isdigit() else 0)


def _today(clock: SystemClock) -> date:
    return local_time(clock.now_ms(), DEFAULT_TIMEZONE).date()


def _show_code(code: str, arguments: Namespace) -> int:
    if arguments.format == "json":
        say_json({"code": code, "unit": arguments.unit, "role": arguments.role})
        return 0
    say(
        _("Code d'inscription pour {unit}, valable 72 heures, une seule fois :").format(
            unit=arguments.unit
        )
    )
    say(f"  {code}")
    say(_("Sur le portable : fsmobile enrol URL {code}").format(code="…"))
    return 0


def _show_status(state: object, form: str) -> None:
    from fsmobile.registry.administration import RegistryState

    assert isinstance(state, RegistryState)
    if form == "json":
        say_json(
            {
                "kinds": state.kinds,
                "visits": state.kinds.get("visit.record", 0),
                "revisions": state.revisions,
                "devices": [
                    {
                        "id": device.device_id.hex(),
                        "name": device.name,
                        "unit": device.unit,
                        "role": device.role,
                        "revoked": device.revoked_at is not None,
                        "last_seen_ms": seen,
                    }
                    for device, seen in state.devices
                ],
            }
        )
        return
    say(_("Visites tenues : {n}").format(n=state.kinds.get("visit.record", 0)))
    say(_("Actes tenus : {n}").format(n=sum(state.kinds.values())))
    for agency, revision in state.revisions.items():
        say(_("Planning {agency} : révision {n}").format(agency=agency, n=revision))
    if not state.devices:
        say(_("Aucun poste inscrit. Pour en inscrire un : fsmobile registry enrol-code --unit …"))
        return
    say_table(
        (_("Poste"), _("Unité"), _("Rôle"), _("Vu le"), ""),
        [
            (
                device.name,
                device.unit,
                device.role,
                _("jamais") if seen is None else _day_and_time(seen),
                _("révoqué") if device.revoked_at else "",
            )
            for device, seen in state.devices
        ],
    )


def _day_and_time(instant_ms: int) -> str:
    moment = local_time(instant_ms, DEFAULT_TIMEZONE)
    return f"{format_numeric_day(moment.date())} {format_time(moment.time())}"
