"""`fsmobile registry quarantine …`: what revoked laptops handed in, and what is decided of it."""

import json
from argparse import Namespace

from fsmobile.cli.moments import format_moment
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.registry_site import RegistrySite
from fsmobile.registry.administration import SHORT_ID
from fsmobile.registry.quarantine import (
    Decision,
    KeptApart,
    QuarantineLine,
    list_quarantine,
    refuse_quarantine,
    show_quarantine,
    take_quarantine_in,
)
from fsmobile.texts.act_words import act_name
from fsmobile.texts.translation import _, n_


def run(site: RegistrySite, arguments: Namespace) -> int:
    """Do one act about what is kept apart."""
    service = site.open()
    match arguments.quarantine_act:
        case "list":
            _show_lines(list_quarantine(service), arguments.format)
        case "show":
            _show_acts(show_quarantine(service, arguments.device), arguments.format)
        case "take-in":
            done = take_quarantine_in(
                service,
                arguments.device,
                by=arguments.by,
                reason=arguments.reason,
                op_ids=arguments.ops,
            )
            say(n_("{n} acte repris.", "{n} actes repris.", done.decided).format(n=done.decided))
            if done.handed_out:
                say(_("Les postes du bus les recevront ; « annuler » sur un poste les défait."))
        case _:
            count = refuse_quarantine(
                service,
                arguments.device,
                by=arguments.by,
                reason=arguments.reason,
                op_ids=arguments.ops,
            )
            said = n_("{n} acte laissé dehors, gardé.", "{n} actes laissés dehors, gardés.", count)
            say(said.format(n=count))
    return 0


def _show_lines(lines: list[QuarantineLine], form: str) -> None:
    if form == "json":
        say_json([_line_json(one) for one in lines])
        return
    if not lines:
        say(_("Rien n'est mis de côté."))
        return
    say_table(
        (_("Poste"), _("Unité"), _("Remis le"), _("À décider"), _("Repris"), _("Laissés dehors")),
        [
            (
                f"{one.device.name} {one.device.device_id.hex()[:SHORT_ID]}",
                one.device.unit,
                format_moment(one.last_received_ms),
                str(one.waiting),
                str(one.taken_in),
                str(one.refused),
            )
            for one in lines
        ],
    )


def _line_json(one: QuarantineLine) -> dict[str, object]:
    return {
        "device": one.device.device_id.hex(),
        "name": one.device.name,
        "unit": one.device.unit,
        "last_received_ms": one.last_received_ms,
        "waiting": one.waiting,
        "taken_in": one.taken_in,
        "refused": one.refused,
    }


def _show_acts(acts: list[KeptApart], form: str) -> None:
    """Show the acts with their contents: a person decides of what they have read."""
    if form == "json":
        say_json([_act_json(one) for one in acts])
        return
    names = {Decision.TAKEN_IN: _("repris"), Decision.REFUSED: _("laissé dehors")}
    for one in acts:
        decided = _("à décider")
        if one.decision is not None and one.decided_ms is not None:
            what = names.get(Decision(one.decision), one.decision)
            decided = (
                f"{what} · {one.decided_by} · {format_moment(one.decided_ms)} {one.reason or ''}"
            )
        recorded = format_moment(int(one.op.hlc[:12], 16))
        say(f"{recorded}  {act_name(one.op.kind)}  {one.op.op_id}  {decided.rstrip()}")
        say("    " + one.op.data.decode("utf-8", "replace"))


def _act_json(one: KeptApart) -> dict[str, object]:
    return {
        "op_id": one.op.op_id,
        "kind": one.op.kind,
        "scope": one.op.scope,
        "entity": one.op.entity,
        "agent": one.op.agent_id,
        "received_ms": one.received_ms,
        "decision": one.decision,
        "decided_ms": one.decided_ms,
        "decided_by": one.decided_by,
        "reason": one.reason,
        "data": json.loads(one.op.data),
    }
