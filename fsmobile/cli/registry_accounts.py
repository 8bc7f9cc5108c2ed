"""`fsmobile registry account`: who may read the fleet pages; acts at the registry's terminal."""

import sys
from argparse import Namespace
from functools import partial
from pathlib import Path

import segno

from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.questions import ask_new_secret, has_terminal
from fsmobile.cli.registry_site import RegistrySite
from fsmobile.errors import InvalidInput
from fsmobile.registry.administration import note_event
from fsmobile.registry.fleet import accounts
from fsmobile.registry.fleet.accounts import PASSPHRASE_MIN, Note
from fsmobile.registry.fleet.records import Account
from fsmobile.registry.records import EventKind
from fsmobile.registry.storage import Storage, Transaction
from fsmobile.texts.fleet_sentences import role_name
from fsmobile.texts.translation import _


def run(site: RegistrySite, arguments: Namespace) -> int:
    """Do one act on the accounts.

    Raises:
        InvalidInput: a name, role, structure, passphrase or code that cannot be.
        NotFound: no registry here, or no such account.
    """
    service = site.open()
    storage = service.storage

    def note(transaction: Transaction, act: str) -> None:
        note_event(service, transaction, EventKind.ACCOUNT_CHANGED, detail=act)

    match arguments.account_act:
        case "add":
            _add(storage, site, arguments, note)
        case "passphrase":
            passphrase = _ask_passphrase(arguments)
            accounts.change_passphrase(storage, arguments.name, passphrase, note=note)
            say(_("Phrase de passe changée ; les sessions de ce compte sont fermées."))
        case "remove":
            accounts.remove_account(storage, arguments.name, note=note)
            say(_("Compte retiré : {name}.").format(name=arguments.name))
        case "second-factor":
            _second_factor(storage, site, arguments, note)
        case _:
            _show(accounts.list_accounts(storage), arguments.format)
    return 0


def _add(storage: Storage, site: RegistrySite, arguments: Namespace, note: Note) -> None:
    accounts.add_account(
        storage,
        site.clock,
        name=arguments.name,
        role=arguments.role,
        agency=arguments.agency,
        passphrase=_ask_passphrase(arguments),
        commune=arguments.commune,
        note=note,
    )
    say(_("Compte créé : {name}.").format(name=arguments.name))
    say(
        _("Second facteur : fsmobile registry account second-factor {name}").format(
            name=arguments.name
        )
    )


def _ask_passphrase(arguments: Namespace) -> str:
    """Return a passphrase from a file's first line, or typed twice without being shown."""
    path: Path | None = arguments.passphrase_file
    if path is not None:
        try:
            return path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
        except (OSError, ValueError) as error:
            raise InvalidInput("passphrase_file_unreadable", path=str(path)) from error
    if not has_terminal():
        raise InvalidInput("passphrase_without_terminal")
    asked = _("Phrase de passe, {minimum} caractères au moins : ").format(minimum=PASSPHRASE_MIN)
    return ask_new_secret(asked, partial(accounts.check_passphrase, arguments.name))


def _second_factor(storage: Storage, site: RegistrySite, arguments: Namespace, note: Note) -> None:
    if arguments.remove:
        accounts.remove_second_factor(storage, arguments.name, note=note)
        say(_("Second facteur retiré ; les sessions de ce compte sont fermées."))
        return
    secret, address = accounts.make_second_factor(storage, arguments.name)
    say(_("Lisez ce code avec l'application du téléphone, ou donnez-lui l'adresse :"))
    segno.make(address).terminal(out=sys.stdout, compact=True)
    say(f"  {address}")
    sys.stdout.write(_("Le code à six chiffres qu'elle montre : "))
    sys.stdout.flush()
    code = sys.stdin.readline()
    accounts.confirm_second_factor(
        storage, site.clock, name=arguments.name, secret=secret, code=code, note=note
    )
    say(_("Second facteur en place ; il sera demandé à chaque connexion."))


def _show(found: list[Account], form: str) -> None:
    if form == "json":
        say_json(
            [
                {
                    "name": one.name,
                    "role": one.role,
                    "agency": one.agency,
                    "commune": one.commune,
                    "second_factor": one.second_factor is not None,
                }
                for one in found
            ]
        )
        return
    if not found:
        say(_("Aucun compte. Pour en créer un : fsmobile registry account add NOM --role …"))
        return
    say_table(
        (_("Compte"), _("Rôle"), _("Structure"), _("Second facteur")),
        [
            (
                one.name,
                role_name(one.role),
                one.agency or _("toutes"),
                _("non") if one.second_factor is None else _("oui"),
            )
            for one in found
        ],
    )
