"""`fsmobile store`: where this laptop's data are, whether they hold, who can open them."""

from argparse import ArgumentParser, Namespace

from fsmobile.cli.arguments import Formatter, add_home
from fsmobile.cli.output import say
from fsmobile.cli.wiring import open_laptop, read_settings, show_rebuild
from fsmobile.config import Settings, make_home
from fsmobile.store.integrity import check_store
from fsmobile.store.key_header import SlotKind, load_header
from fsmobile.store.projections import rebuild
from fsmobile.store.replica import Replica
from fsmobile.texts.translation import _, mark
from fsmobile.usecases.desk import NOBODY

_ACTS = {
    "check": mark("contrôle les données"),
    "rebuild": mark("refait les listes à partir des faits"),
    "encrypt": mark("chiffre les données de ce poste"),
    "decrypt": mark("rend les données de ce poste lisibles sans phrase de passe"),
    "rekey": mark("refait la clé des données : d'anciennes copies n'ouvrent plus la base"),
    "passphrase": mark("change sa phrase de passe"),
    "agent-add": mark("donne une phrase de passe à un agent"),
    "agent-remove": mark("retire la phrase de passe d'un agent"),
    "recover": mark("ouvre avec les mots de secours et choisit une phrase de passe"),
}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the acts on the store."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACTE"))
    for name, summary in _ACTS.items():
        act = acts.add_parser(name, help=_(summary), formatter_class=Formatter)
        add_home(act)
        if name in ("agent-add", "agent-remove"):
            act.add_argument("agent", metavar="AGENT", help=_("identifiant de l'agent"))
        elif name in ("encrypt", "recover"):
            add_agent_option(act)
        elif name == "decrypt":
            act.add_argument("--yes", action="store_true", help=_("c'est bien ce qui est voulu"))


def add_agent_option(parser: ArgumentParser) -> None:
    """Declare whose passphrase is chosen."""
    parser.add_argument(
        "--agent", default=NOBODY, metavar="AGENT", help=_("à qui est la phrase de passe")
    )


def run(arguments: Namespace) -> int:
    """Check or rebuild the store, or change who can open it."""
    settings = read_settings(arguments)
    if arguments.act not in ("check", "rebuild"):
        _change_keys(settings, arguments)
        return 0
    replica = open_laptop(settings)
    try:
        if arguments.act == "rebuild":
            count = rebuild(replica, show_rebuild)
            say(_("Listes refaites à partir de {n} faits.").format(n=count))
            return 0
        _say_files(settings)
        return _check(replica)
    finally:
        replica.close()


def _change_keys(settings: Settings, arguments: Namespace) -> None:
    make_home(settings)
    # Deferred: to check a plain store no cipher is needed.
    from fsmobile.cli import store_keys

    match arguments.act:
        case "encrypt":
            store_keys.encrypt_store(settings, arguments.agent)
        case "decrypt":
            store_keys.decrypt_store(settings, is_sure=arguments.yes)
        case "rekey":
            store_keys.rekey_store(settings)
        case "passphrase":
            store_keys.change_passphrase(settings)
        case "agent-add":
            store_keys.add_agent(settings, arguments.agent)
        case "agent-remove":
            store_keys.remove_agent(settings, arguments.agent)
        case "recover":
            store_keys.recover(settings, arguments.agent)


def _say_files(settings: Settings) -> None:
    header = load_header(settings.header_path)
    how = _("chiffré") if header.is_encrypted else _("non chiffré")
    say(_("Données : {path} ({how})").format(path=settings.store_path, how=how))
    for slot in header.all_slots:
        whose = _("mots de secours") if slot.kind is SlotKind.RECOVERY else slot.name
        say(_("S'ouvre avec : {whose}").format(whose=whose))
    say(_("Clé de ce poste : {path} ({how})").format(path=settings.key_path, how=how))
    say(_("Réglages : {path}").format(path=settings.home / "config.toml"))


def _check(replica: Replica) -> int:
    health = check_store(replica)
    say(
        _("Faits d'ici : {own} ; reçus d'ailleurs : {remote}").format(
            own=health.own_ops, remote=health.remote_ops
        )
    )
    if health.is_sound:
        say(_("Tout est en ordre : la chaîne des faits est entière."))
        return 0
    for fault in health.faults:
        say(_("À regarder : {fault}").format(fault=fault))
    say(_("Rien n'a été touché. Lisez ces lignes au support."))
    return 8
