"""`fsmobile registry enrol-code|status|devices|revoke|assign`: who may speak, and who did."""

import sys
from argparse import Namespace

import segno

from fsmobile.cli.moments import format_moment
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.registry_site import RegistrySite
from fsmobile.protocol.enrolment import format_code
from fsmobile.reference.enrolment_words import words
from fsmobile.registry import administration
from fsmobile.registry.administration import SHORT_ID, RegistryState
from fsmobile.registry.assignments import assign
from fsmobile.registry.records import DeviceRow, Event
from fsmobile.registry.service import RegistryService
from fsmobile.texts.fleet_sentences import explain_event, role_name
from fsmobile.texts.translation import _

EVENTS_SHOWN = 20


def run(site: RegistrySite, arguments: Namespace) -> int:
    """Do one act about laptops."""
    service = site.open()
    match arguments.act:
        case "enrol-code":
            code = administration.make_code(service, arguments.unit, arguments.role)
            _show_code(format_code(code, words()), arguments)
        case "revoke":
            device = administration.revoke(service, arguments.device)
            say(_("Poste révoqué : {name} ({unit}).").format(name=device.name, unit=device.unit))
        case "assign":
            _assign(service, arguments)
        case "status":
            _show_status(administration.load_state(service), arguments.format)
        case _:
            _show_devices(service, arguments.format)
    return 0


def _assign(service: RegistryService, arguments: Namespace) -> None:
    done = assign(service, arguments.device, unit=arguments.unit, role=arguments.role)
    said = _("{name} travaille maintenant pour {unit} ({role}) ; il l'apprendra en se connectant.")
    say(said.format(name=done.after.name, unit=done.after.unit, role=role_name(done.after.role)))
    if done.dropped:
        say(
            _("Il ne verra plus : {scopes}. Ce qu'il y a noté sans l'envoyer sera pris.").format(
                scopes=", ".join(done.dropped)
            )
        )
    say(_("Qui ne l'a pas encore confirmé : fsmobile registry erasures"))


def _show_code(code: str, arguments: Namespace) -> None:
    if arguments.format == "json":
        say_json({"code": code, "unit": arguments.unit, "role": arguments.role})
        return
    say(
        _("Code d'inscription pour {unit}, valable 72 heures, une seule fois :").format(
            unit=arguments.unit
        )
    )
    say(f"  {code}")
    if arguments.qr:
        segno.make(code).terminal(out=sys.stdout, compact=True)
    say(_("Sur le portable : fsmobile enrol URL, puis ces mots quand ils sont demandés"))


def _show_devices(service: RegistryService, form: str) -> None:
    with service.storage.reading() as transaction:
        devices = transaction.list_devices()
        quarantined = transaction.list_quarantined()
        events = transaction.list_events(EVENTS_SHOWN)
    if form == "json":
        say_json(
            {
                "devices": [_device_json(*one, quarantined) for one in devices],
                "events": [_event_json(one) for one in events],
            }
        )
        return
    names = {device.device_id: device.name for device, _seen in devices}
    say_table(
        (_("Poste"), _("Unité"), _("Rôle"), _("Vu le"), _("Mis de côté"), _("Identifiant")),
        [
            (
                device.name + (" " + _("(révoqué)") if device.revoked_at else ""),
                device.unit,
                role_name(device.role),
                _("jamais") if seen is None else format_moment(seen),
                str(quarantined.get(device.device_id, 0)),
                device.device_id.hex()[:SHORT_ID],
            )
            for device, seen in devices
        ],
    )
    for event in events:
        name = names.get(event.device_id or b"", "")
        told = explain_event(event.kind)
        say(f"{format_moment(event.at)}  {told}  {name} {event.detail}".rstrip())


def _device_json(
    device: DeviceRow, seen: int | None, quarantined: dict[bytes, int]
) -> dict[str, object]:
    return {
        "id": device.device_id.hex(),
        "name": device.name,
        "unit": device.unit,
        "role": device.role,
        "revoked_at_ms": device.revoked_at,
        "last_seen_ms": seen,
        "quarantined": quarantined.get(device.device_id, 0),
    }


def _event_json(event: Event) -> dict[str, object]:
    device = None if event.device_id is None else event.device_id.hex()
    return {"at_ms": event.at, "kind": event.kind, "device": device, "detail": event.detail}


def _status_json(state: RegistryState) -> dict[str, object]:
    return {
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


def _show_status(state: RegistryState, form: str) -> None:
    if form == "json":
        say_json(_status_json(state))
        return
    say(_("Visites tenues : {n}").format(n=state.kinds.get("visit.record", 0)))
    say(_("Actes tenus : {n}").format(n=sum(state.kinds.values())))
    for agency, revision in state.revisions.items():
        say(_("Planning {agency} : révision {n}").format(agency=agency, n=revision))
    if not state.devices:
        say(_("Aucun poste inscrit. Pour en inscrire un : fsmobile registry enrol-code --unit …"))
        return
    say_table(
        (_("Poste"), _("Unité"), _("Rôle"), _("Vu le"), _("Identifiant"), ""),
        [
            (
                device.name,
                device.unit,
                role_name(device.role),
                _("jamais") if seen is None else format_moment(seen),
                device.device_id.hex()[:SHORT_ID],
                _("révoqué") if device.revoked_at else "",
            )
            for device, seen in state.devices
        ],
    )
