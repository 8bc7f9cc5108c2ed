"""The command line: one module a command, imported only when its command is given."""

import gc
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from errno import ENOSPC
from importlib import import_module
from pathlib import Path
from types import ModuleType

from fsmobile.cli.arguments import Formatter, Parser, add_home
from fsmobile.cli.exit_codes import INTERRUPTED, USAGE, exit_code_of
from fsmobile.cli.output import complain
from fsmobile.errors import FsmobileError, StoreFull
from fsmobile.texts.sentences import explain_error
from fsmobile.texts.translation import _, mark, set_language

COMMANDS = {
    "open": mark("ouvre les écrans (la commande par défaut)"),
    "agenda": mark("liste les passages prévus"),
    "catalogue": mark("cherche les démarches et leurs codes"),
    "visit": mark("enregistre, corrige et liste les visites"),
    "passage": mark("ouvre, ferme et annule les passages"),
    "appointment": mark("donne, déplace et suit les rendez-vous"),
    "followup": mark("tient ce qui a été promis"),
    "notice": mark("prévient les communes de ce qui est publié"),
    "logbook": mark("tient le carnet de bord, les incidents et les messages"),
    "report": mark("donne les chiffres d'une période, à côté de la précédente"),
    "review": mark("passe en revue les arrêts, et ce que le label demande"),
    "export": mark("écrit les visites d'une période, ligne à ligne"),
    "import": mark("reprend des visites d'un tableau, de ce programme ou de la Coop"),
    "search": mark("cherche dans tout ce que le bus a enregistré"),
    "print": mark("écrit les papiers du bus : feuille du jour, liste, papier de l'usager"),
    "day": mark("dit si l'on peut partir, et fermer le portable"),
    "sync": mark("échange avec le registre"),
    "bundle": mark("échange avec le registre par une clé USB"),
    "peer": mark("attend l'autre portable du bus pour échanger sans réseau"),
    "enrol": mark("inscrit ce poste auprès d'un registre"),
    "schedule": mark("contrôle et publie un planning"),
    "registry": mark("tient un registre"),
    "store": mark("dit où sont les données de ce poste et si elles vont bien"),
    "journal": mark("dit ce qui a été fait des données de ce poste, et le prouve"),
    "doctor": mark("regarde tout ce qui peut aller mal sur ce poste"),
    "prove": mark("prouve, sur des jours tirés au hasard, que rien ne se perd"),
    "demo": mark("montre une journée du bus de la Charente"),
    "about": mark("version, licence, données"),
}
DEFAULT = "open"
_MODULES = {"import": "visit_import"}
"""Where a command is, when its name is a word of Python's."""


def run(argv: Sequence[str]) -> int:
    """Run one command; return its exit code."""
    _open_closed_streams()
    set_language(_language())
    if any(map(_is_no_text, argv)):
        complain(_("Un mot de la commande n'est ni du texte ni le nom d'un fichier."))
        return USAGE
    command = next((word for word in argv if word in COMMANDS), None)
    helps = {"-h", "--help"} & set(argv)
    parser = make_parser(command)
    given = list(argv) if command or helps else [*argv, DEFAULT]
    if command is None and not helps:
        parser = make_parser(DEFAULT)
    try:
        arguments = parser.parse_args(given, Namespace(home=None, command=None))
        if arguments.command is None and not arguments.version:
            # `--home` took for its folder the only word there was.
            parser.error(_("il manque : %s") % _("COMMANDE"))
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except FsmobileError as error:
        complain(str(explain_error(error)))
        return exit_code_of(error)
    except ModuleNotFoundError as error:
        if (error.name or "fsmobile").startswith("fsmobile"):
            raise  # our own fault: no library to install would mend it
        complain(_("Il manque une bibliothèque : {name}.").format(name=error.name))
        complain(_("Réinstallez fsmobile avec ce dont il dépend : pip install fsmobile"))
        return 4
    except BrokenPipeError:
        # The reader of a pipe has had enough; a second failure at exit would only make noise.
        _drop_output()
        return 0
    except OSError as error:
        if error.errno != ENOSPC:
            raise
        _drop_output()
        complain(_("La sortie est pleine : tout n'est pas écrit. Faites de la place."))
        return exit_code_of(StoreFull("medium_full"))
    except (KeyboardInterrupt, EOFError):
        # Ctrl-C, or Ctrl-D at a question: what the shell says next begins a row of its own.
        complain("")
        return INTERRUPTED


def make_parser(command: str | None) -> Parser:
    """Build the parser, with the arguments of one command only: the others stay unread."""
    parser = Parser(
        prog="fsmobile",
        formatter_class=Formatter,
        description=_("Tournées, visites et synchronisation d'un bus France services."),
    )
    parser.add_argument("--version", "-V", action="store_true", help=_("dit la version"))
    add_home(parser)
    commands = parser.add_subparsers(dest="command", metavar=_("COMMANDE"), title=_("commandes"))
    for name, summary in COMMANDS.items():
        one = commands.add_parser(
            name, help=_(summary), description=_(summary), formatter_class=Formatter
        )
        add_home(one)
        if name == command:
            _load(name).add_arguments(one)
    return parser


def _load(name: str) -> ModuleType:
    return import_module(f"fsmobile.cli.{_MODULES.get(name, name)}")


def _run(arguments: Namespace) -> int:
    if arguments.version:
        return int(import_module("fsmobile.cli.about").run(arguments))
    if arguments.home is not None:
        arguments.home = Path(arguments.home)
    command = _load(arguments.command)
    # The modules are loaded: they are left out of the search for garbage, which starts here.
    gc.freeze()
    gc.enable()
    return int(command.run(arguments))


def _drop_output() -> None:
    """Let what is left to be written go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _open_closed_streams() -> None:
    """Write to nowhere, read nothing, where whoever starts the program closed a stream."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115


def _is_no_text(word: str) -> bool:
    """Tell whether bytes that are not UTF-8 were given for a text: no fact could hold them."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return not os.path.lexists(word)
    return False


def _language() -> str:
    """Return the language asked for by the environment; French unless it is English."""
    asked = os.environ.get("FSMOBILE_LANGUE")
    if asked in ("fr", "en"):
        return asked
    return "fr"
