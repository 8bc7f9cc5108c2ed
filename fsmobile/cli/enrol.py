"""`fsmobile enrol URL`: makes this laptop known to a registry."""

import platform
import sys
from argparse import Namespace

from fsmobile.cli.arguments import Parser
from fsmobile.cli.output import say
from fsmobile.cli.questions import ask_words, has_terminal
from fsmobile.cli.store import add_agent_option
from fsmobile.cli.system import SystemChance
from fsmobile.cli.unlocking import data_key
from fsmobile.cli.wiring import open_laptop, read_settings
from fsmobile.config import Settings, make_home
from fsmobile.protocol.enrolment import parse_code
from fsmobile.reference.enrolment_words import words
from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.store.device_keys import make_key
from fsmobile.sync.enrolment import enrol
from fsmobile.sync.http_registry import HttpRegistry
from fsmobile.texts.fleet_sentences import role_name
from fsmobile.texts.translation import _


def add_arguments(parser: Parser) -> None:
    """Declare the registry's address and the code."""
    parser.is_mixed = True
    parser.add_argument("url", metavar="URL", help=_("adresse du registre"))
    parser.add_argument(
        "code",
        metavar=_("MOT"),
        nargs="*",
        default=(),
        help=_("les 12 mots du code d'inscription ; sans eux, ils sont demandés"),
    )
    parser.add_argument("--name", default=platform.node() or "portable", help=_("nom de ce poste"))
    parser.add_argument(
        "--plain",
        action="store_true",
        help=_("sans chiffrer les données : qui a le disque peut tout lire"),
    )
    add_agent_option(parser)


def run(arguments: Namespace) -> int:
    """Enrol this laptop; its key is made here and never leaves it."""
    settings = read_settings(arguments)
    code = _read_code(" ".join(arguments.code))
    _protect(settings, arguments)
    replica = open_laptop(settings)
    try:
        with HttpRegistry(arguments.url, load_wire_dictionary(), DICTIONARY_ID) as registry:
            key = make_key(settings.key_path, SystemChance(), data_key(settings))
            enrolment = enrol(
                replica, registry, key, url=arguments.url, code=code, name=arguments.name
            )
    finally:
        replica.close()
    say(
        _("Ce poste est inscrit : {name}, {unit}, rôle {role}.").format(
            name=enrolment.name, unit=enrolment.unit_id, role=role_name(enrolment.role)
        )
    )
    if enrolment.name != arguments.name:
        say(_("Un autre poste de ce bus s'appelle déjà {name}.").format(name=arguments.name))
    say(_("Pour recevoir le planning : fsmobile sync"))
    return 0


def _read_code(given: str) -> bytes:
    """Return the code of the command line, of the terminal, or of what is piped in.

    On the command line, whoever else uses this machine can read it.

    Raises:
        InvalidInput: nobody to ask, and no twelve words.
    """
    if has_terminal():
        return ask_words(input, _("Les 12 mots du code d'inscription : "), words(), given)
    return parse_code(given or sys.stdin.readline(), words())


def _protect(settings: Settings, arguments: Namespace) -> None:
    """Encrypt what this laptop will hold, before it holds anything, unless told not to.

    Raises:
        InvalidInput: nobody to choose a passphrase, and `--plain` was not said.
    """
    make_home(settings)
    if data_key(settings) is not None:
        return
    if arguments.plain:
        say(_("Les données de ce poste ne seront pas chiffrées : qui a le disque peut tout lire."))
        say(_("Pour les chiffrer : fsmobile store encrypt"))
        return
    # Deferred: a laptop that stays plain needs no cipher.
    from fsmobile.cli.store_keys import encrypt_store

    encrypt_store(settings, arguments.agent)
