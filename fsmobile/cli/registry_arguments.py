"""The acts of `fsmobile registry` and their arguments; no server library is loaded here."""

from argparse import ArgumentParser, _SubParsersAction
from pathlib import Path

from fsmobile.cli.arguments import Formatter, add_format
from fsmobile.cli.journal_heads import journal_head
from fsmobile.cli.web_addresses import web_address
from fsmobile.protocol.scopes import Role
from fsmobile.registry.fleet.rights import AccountRole
from fsmobile.texts.translation import _

PORT = 8731
IN_FLIGHT = 256


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the acts of an administrator."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACTE"))
    _add(acts, "init", _("crée un registre"))
    _add(acts, "migrate", _("met le schéma à jour"))
    _add(acts, "renew-key", _("renouvelle la clé de signature du registre"))
    _add_serve(acts)
    _add_devices(acts)
    _add_contents(acts)
    _add_retention(acts)
    _add_journal(acts)
    _add_quarantine(acts)
    _add_backups(acts)
    _add_accounts(acts)


def _add(acts: "_SubParsersAction[ArgumentParser]", name: str, summary: str) -> ArgumentParser:
    act = acts.add_parser(name, help=summary, description=summary, formatter_class=Formatter)
    act.add_argument("--data", type=Path, metavar=_("DOSSIER"), help=_("base SQLite"))
    act.add_argument("--database", metavar="URL", help="postgresql://…")
    return act


def _add_serve(acts: "_SubParsersAction[ArgumentParser]") -> None:
    serve = _add(acts, "serve", _("sert le registre"))
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument(
        "--port",
        type=int,
        default=PORT,
        help=_("{port} si rien n'est dit ; 0 : un port libre").format(port=PORT),
    )
    serve.add_argument("--log", choices=("warning", "info"), default="warning")
    serve.add_argument(
        "--tls-cert", type=Path, metavar=_("FICHIER"), help=_("certificat TLS, avec sa chaîne")
    )
    serve.add_argument("--tls-key", type=Path, metavar=_("FICHIER"), help=_("clé du certificat"))
    serve.add_argument(
        "--read-database", metavar="URL", help=_("réplique où se lisent les pages de la flotte")
    )
    serve.add_argument(
        "--behind-proxy", action="store_true", help=_("un relais fait le TLS devant ce registre")
    )
    serve.add_argument(
        "--public-address",
        type=web_address,
        metavar="URL",
        help=_("où le public trouve ce registre, pour les calendriers et les affiches de /bus"),
    )
    serve.add_argument(
        "--metrics-token",
        type=Path,
        metavar=_("FICHIER"),
        help=_("le jeton qui ouvre /metrics à une autre machine que celle-ci"),
    )
    serve.add_argument(
        "--in-flight", type=int, default=IN_FLIGHT, help=_("requêtes admises à la fois")
    )


def _add_devices(acts: "_SubParsersAction[ArgumentParser]") -> None:
    code = _add(acts, "enrol-code", _("donne un code d'inscription"))
    code.add_argument("--unit", required=True, metavar="STRUCTURE/VEHICULE")
    code.add_argument("--role", choices=list(Role), default=Role.AGENT)
    code.add_argument("--qr", action="store_true", help=_("montre aussi les mots en code QR"))
    add_format(code, "text", "json")
    add_format(_add(acts, "status", _("dit ce que tient le registre")), "text", "json")
    add_format(_add(acts, "devices", _("liste les postes et les incidents")), "text", "json")
    revoke = _add(acts, "revoke", _("révoque un poste"))
    revoke.add_argument("device", metavar=_("POSTE"), help=_("nom, ou début de l'identifiant"))
    assigned = _add(acts, "assign", _("donne un poste à un autre bus, ou un autre rôle"))
    assigned.add_argument("device", metavar=_("POSTE"), help=_("nom, ou début de l'identifiant"))
    assigned.add_argument(
        "--unit", metavar="STRUCTURE/VEHICULE", help=_("le même si rien n'est dit")
    )
    assigned.add_argument("--role", choices=list(Role), help=_("le même si rien n'est dit"))
    stick = _add(acts, "import", _("lit la clé d'un portable"))
    stick.add_argument("file", type=Path, metavar=_("FICHIER"))


def _add_contents(acts: "_SubParsersAction[ArgumentParser]") -> None:
    add_format(_add(acts, "stats", _("compte ce qui est tenu, par bus")), "text", "json")
    add_format(_add(acts, "verify", _("recalcule tout à partir des contenus")), "text", "json")
    export = _add(acts, "export", _("écrit tous les actes, un par ligne (JSON)"))
    export.add_argument("file", type=Path, metavar=_("FICHIER"))
    export.add_argument(
        "--quarantine", action="store_true", help=_("plutôt ce qu'ont remis des postes révoqués")
    )
    _add_erasures(acts)


def _add_erasures(acts: "_SubParsersAction[ArgumentParser]") -> None:
    erase = _add(acts, "erase", _("efface des actes ici et sur les postes"))
    erase.add_argument(
        "ops",
        nargs="*",
        metavar=_("ACTE"),
        help=_("identifiant d'un acte, d'une visite (avec ses corrections) ou d'un passage"),
    )
    erase.add_argument("--ground", metavar=_("MOTIF"), help=_("gardé, sans le nom de personne"))
    erase.add_argument(
        "--expired", action="store_true", help=_("plutôt les noms dont l'échéance est passée")
    )
    erase.add_argument(
        "--erasures", type=Path, metavar=_("FICHIER"), help=_("journal des effacements à tenir")
    )
    summary = _("dit quels postes n'ont pas confirmé un effacement")
    erasures = _add(acts, "erasures", summary)
    add_format(erasures, "text", "json")
    erasures.add_argument(
        "--close",
        nargs=2,
        metavar=(_("POSTE"), _("MOTIF")),
        help=_("ne plus attendre ce poste révoqué, et dire pourquoi"),
    )


def _add_retention(acts: "_SubParsersAction[ArgumentParser]") -> None:
    summary = _("tient les durées de conservation")
    retention = acts.add_parser(
        "retention", help=summary, description=summary, formatter_class=Formatter
    )
    named = retention.add_subparsers(dest="retention_act", required=True, metavar=_("ACTE"))
    keep = _add(named, "keep", _("décide combien de mois une structure garde des actes"))
    keep.add_argument("agency", metavar="STRUCTURE")
    keep.add_argument("family", metavar=_("FAMILLE"), help="visit, passage, appointment, followup…")
    keep.add_argument("months", type=int, metavar=_("MOIS"), help=_("0 : sans limite"))
    add_format(_add(named, "list", _("dit ce qui est gardé, et combien de temps")), "text", "json")
    _add(named, "apply", _("supprime ici et sur les postes ce qui a passé l'âge"))


def _add_journal(acts: "_SubParsersAction[ArgumentParser]") -> None:
    summary = _("dit ce qui a été fait à ce registre, et si son journal est entier")
    journal = acts.add_parser(
        "journal", help=summary, description=summary, formatter_class=Formatter
    )
    named = journal.add_subparsers(dest="journal_act", required=True, metavar=_("ACTE"))
    add_format(_add(named, "show", _("montre tout, le plus ancien d'abord")), "text", "json")
    verify = _add(named, "verify", _("recalcule la chaîne du journal"))
    add_format(verify, "text", "json")
    verify.add_argument(
        "--head",
        type=journal_head,
        metavar=_("NUMÉRO:EMPREINTE"),
        help=_("une tête notée ailleurs : dit si la fin du journal a été coupée depuis"),
    )


def _add_quarantine(acts: "_SubParsersAction[ArgumentParser]") -> None:
    summary = _("décide de ce qu'a remis un poste révoqué")
    quarantine = acts.add_parser(
        "quarantine", help=summary, description=summary, formatter_class=Formatter
    )
    named = quarantine.add_subparsers(dest="quarantine_act", required=True, metavar=_("ACTE"))
    add_format(_add(named, "list", _("compte ce qui est mis de côté, par poste")), "text", "json")
    show = _add(named, "show", _("montre ce qui est mis de côté d'un poste"))
    take_in = _add(named, "take-in", _("reprend du travail mis de côté"))
    refuse = _add(named, "refuse", _("laisse du travail dehors ; rien n'est effacé"))
    for act in (show, take_in, refuse):
        act.add_argument("device", metavar=_("POSTE"), help=_("nom, ou début de l'identifiant"))
    add_format(show, "text", "json")
    for act in (take_in, refuse):
        act.add_argument(
            "ops", nargs="*", metavar=_("ACTE"), help=_("identifiants ; sinon tout ce qui attend")
        )
        act.add_argument("--by", required=True, metavar=_("NOM"), help=_("la personne qui décide"))
        act.add_argument("--reason", default="", metavar=_("MOTIF"))


def _add_backups(acts: "_SubParsersAction[ArgumentParser]") -> None:
    backup = _add(acts, "backup", _("sauvegarde le registre, même en service"))
    backup.add_argument("file", type=Path, metavar=_("FICHIER"))
    restore = _add(acts, "restore", _("remet une sauvegarde en place"))
    restore.add_argument("file", type=Path, metavar=_("FICHIER"))
    restore.add_argument(
        "--erasures", type=Path, metavar=_("FICHIER"), help=_("journal des effacements à refaire")
    )


def _add_accounts(acts: "_SubParsersAction[ArgumentParser]") -> None:
    summary = _("tient les comptes des pages de la flotte")
    account = acts.add_parser(
        "account", help=summary, description=summary, formatter_class=Formatter
    )
    named = account.add_subparsers(dest="account_act", required=True, metavar=_("ACTE"))
    add = _add(named, "add", _("crée un compte"))
    add.add_argument("name", metavar=_("NOM"))
    add.add_argument("--role", choices=list(AccountRole), required=True)
    add.add_argument("--agency", metavar="STRUCTURE", help=_("la seule que montre ce compte"))
    add.add_argument(
        "--commune", metavar="INSEE", help=_("d'une mairie : la commune pour laquelle elle réserve")
    )
    passphrase = _add(named, "passphrase", _("change la phrase de passe d'un compte"))
    passphrase.add_argument("name", metavar=_("NOM"))
    for one in (add, passphrase):
        one.add_argument(
            "--passphrase-file",
            type=Path,
            metavar=_("FICHIER"),
            help=_("au lieu de la demander ; sa première ligne"),
        )
    add_format(_add(named, "list", _("liste les comptes")), "text", "json")
    _add(named, "remove", _("retire un compte")).add_argument("name", metavar=_("NOM"))
    factor = _add(named, "second-factor", _("demande aussi un code à un compte"))
    factor.add_argument("name", metavar=_("NOM"))
    factor.add_argument("--remove", action="store_true", help=_("ne plus demander de code"))
