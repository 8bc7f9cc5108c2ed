"""`fsmobile registry stats|verify|export`: what is held, whether it is what was said."""

from argparse import Namespace
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.registry_site import RegistrySite
from fsmobile.errors import InvalidInput
from fsmobile.registry.administration import note_event
from fsmobile.registry.holdings import Holdings, export_ops, export_quarantine, load_holdings
from fsmobile.registry.records import EventKind
from fsmobile.registry.verification import Verification, verify_registry
from fsmobile.texts.translation import _, n_

OUT_OF_STEP = 8


def run(site: RegistrySite, arguments: Namespace) -> int:
    """Do one act about contents."""
    service = site.open()
    match arguments.act:
        case "stats":
            _show_holdings(load_holdings(service.storage), arguments.format)
        case "verify":
            return _show_verification(verify_registry(service.storage), arguments.format)
        case _:
            storage = service.storage
            lines = export_quarantine(storage) if arguments.quarantine else export_ops(storage)
            with storage.transaction() as transaction:
                # Before it is given: an export that nobody heard of is none that was allowed.
                what = "quarantine" if arguments.quarantine else "ops"
                note_event(service, transaction, EventKind.EXPORTED, detail=what)
            count = _write(arguments.file, lines)
            say(n_("{n} acte écrit.", "{n} actes écrits.", count).format(n=count))
    return 0


def _show_holdings(holdings: Holdings, form: str) -> None:
    if form == "json":
        say_json(asdict(holdings))
        return
    say(_("Actes tenus : {n}").format(n=holdings.ops))
    say(_("Postes qui peuvent parler : {n}").format(n=holdings.devices))
    say(_("Actes effacés : {n}").format(n=holdings.erased))
    say(_("Actes mis de côté : {n}").format(n=sum(holdings.quarantined.values())))
    say_table(
        (_("Portée"), _("Actes"), _("Visites")),
        [(unit.scope, str(unit.ops), str(unit.visits)) for unit in holdings.units],
    )


def _show_verification(found: Verification, form: str) -> int:
    if form == "json":
        say_json(asdict(found))
    else:
        say(_("Actes recalculés : {n} ; maillons : {k}.").format(n=found.ops, k=found.links))
        for fault in found.faults:
            say(f"{fault.code}  {fault.where}")
        if not found.faults:
            say(_("Tout est tel que les reçus le disent."))
    return OUT_OF_STEP if found.faults else 0


def _write(path: Path, lines: Iterable[str]) -> int:
    count = 0
    try:
        with path.open("x", encoding="utf-8") as file:
            for line in lines:
                file.write(line + "\n")
                count += 1
    except OSError as error:
        raise InvalidInput("registry_file_unwritable", path=str(path)) from error
    return count
