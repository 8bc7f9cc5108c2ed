"""`fsmobile registry journal show|verify`: what was done to this registry, and whether it holds."""

from argparse import Namespace

from fsmobile.cli.journal_heads import write_head
from fsmobile.cli.moments import format_moment
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.registry_site import RegistrySite
from fsmobile.registry.journal import JournalHealth, list_journal, verify_journal
from fsmobile.registry.records import JournalRow
from fsmobile.texts.fleet_sentences import explain_event
from fsmobile.texts.translation import _, n_

OUT_OF_STEP = 8


def run(site: RegistrySite, arguments: Namespace) -> int:
    """Show the journal, or check it."""
    storage = site.open().storage
    if arguments.journal_act == "verify":
        return _say_health(verify_journal(storage, arguments.head), arguments.format)
    _show(list_journal(storage), arguments.format)
    return 0


def _say_health(health: JournalHealth, form: str) -> int:
    head = write_head(health.seq, health.chain)
    if form == "json":
        say_json({"events": health.events, "head": head, "faults": health.faults})
    else:
        say(n_("{n} événement.", "{n} événements.", health.events).format(n=health.events))
        for fault in health.faults:
            say(_("À regarder : {fault}").format(fault=fault))
        if not health.faults:
            say(_("Le journal est entier. Notez sa tête ailleurs qu'ici :"))
            say(f"    {head}")
            say(_("Avec --head, elle dira un jour si la fin du journal a été coupée."))
    return OUT_OF_STEP if health.faults else 0


def _show(rows: list[JournalRow], form: str) -> None:
    if form == "json":
        say_json(
            [
                {
                    "seq": row.seq,
                    "at_ms": row.event.at,
                    "kind": row.event.kind,
                    "device": None if row.event.device_id is None else row.event.device_id.hex(),
                    "detail": row.event.detail,
                }
                for row in rows
            ]
        )
        return
    say_table(
        (_("N°"), _("Quand"), _("Poste"), _("Quoi"), _("Précision")),
        [
            (
                "" if row.seq is None else str(row.seq),
                format_moment(row.event.at),
                "" if row.event.device_id is None else row.event.device_id.hex()[:8],
                explain_event(row.event.kind),
                row.event.detail,
            )
            for row in rows
        ],
    )
