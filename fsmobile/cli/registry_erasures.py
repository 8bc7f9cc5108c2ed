"""`fsmobile registry erase|erasures`: what must go, and which laptops have not said it is gone."""

from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime

from fsmobile.cli.moments import format_moment
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.registry_site import RegistrySite
from fsmobile.errors import InvalidInput
from fsmobile.registry.administration import SHORT_ID
from fsmobile.registry.confirmations import (
    ClosedRisk,
    Unconfirmed,
    close_risk,
    list_closed,
    list_unconfirmed,
)
from fsmobile.registry.erasure import erase
from fsmobile.registry.expiry import erase_expired
from fsmobile.registry.records import Erasure
from fsmobile.registry.restoration import log_erasures
from fsmobile.registry.service import RegistryService
from fsmobile.texts.translation import _, n_


def run(site: RegistrySite, arguments: Namespace) -> int:
    """Erase, or say who has not confirmed."""
    service = site.open()
    if arguments.act == "erase":
        _erase(site, service, arguments)
    elif arguments.close is not None:
        device = close_risk(service, *arguments.close)
        say(_("Risque accepté pour {name} ({unit}).").format(name=device.name, unit=device.unit))
    else:
        now = service.clock.now_ms()
        unconfirmed, closed = list_unconfirmed(service.storage), list_closed(service.storage)
        if arguments.format == "json":
            say_json(_as_json(unconfirmed, closed, now))
        else:
            _show(unconfirmed, closed, now)
    return 0


def _erase(site: RegistrySite, service: RegistryService, arguments: Namespace) -> None:
    log = arguments.erasures or site.erasures_path

    def write_down(erasures: Sequence[Erasure]) -> None:
        if log is not None:
            log_erasures(log, erasures)

    if arguments.expired:
        today = datetime.fromtimestamp(service.clock.now_ms() / 1000, tz=UTC).date()
        held = erase_expired(service, today, write_down=write_down)
    elif arguments.ops and arguments.ground:
        held = erase(service, arguments.ops, arguments.ground, write_down=write_down)
    else:
        raise InvalidInput("erase_of_nothing")
    say(n_("{n} acte effacé ici.", "{n} actes effacés ici.", len(held)).format(n=len(held)))
    waiting = len(list_unconfirmed(service.storage))
    said = n_(
        "{n} poste doit encore le confirmer : fsmobile registry erasures",
        "{n} postes doivent encore le confirmer : fsmobile registry erasures",
        waiting,
    )
    say(said.format(n=waiting))
    if log is None:
        say(_("Notez ces identifiants : une sauvegarde remise en place les aurait oubliés."))


def _show(unconfirmed: Sequence[Unconfirmed], closed: Sequence[ClosedRisk], now: int) -> None:
    if not unconfirmed:
        say(_("Tous les postes ont confirmé tous les effacements."))
    else:
        say_table(
            (_("Poste"), _("Unité"), _("Depuis"), _("Ordres"), _("Vu le"), _("Identifiant")),
            [
                (
                    one.device.name + (" " + _("(révoqué)") if one.device.revoked_at else ""),
                    one.device.unit,
                    n_("{n} jour", "{n} jours", one.days(now)).format(n=one.days(now)),
                    str(one.orders),
                    _("jamais") if one.last_seen_at is None else format_moment(one.last_seen_at),
                    one.device.device_id.hex()[:SHORT_ID],
                )
                for one in unconfirmed
            ],
        )
    for risk in closed:
        told = _("{name} ({unit}) : risque accepté le {moment}, {reason}")
        say(
            told.format(
                name=risk.device.name,
                unit=risk.device.unit,
                moment=format_moment(risk.closed_at),
                reason=risk.reason,
            )
        )


def _as_json(
    unconfirmed: Sequence[Unconfirmed], closed: Sequence[ClosedRisk], now: int
) -> dict[str, object]:
    return {
        "unconfirmed": [
            {
                "id": one.device.device_id.hex(),
                "name": one.device.name,
                "unit": one.device.unit,
                "revoked": one.device.revoked_at is not None,
                "orders": one.orders,
                "since_ms": one.since,
                "days": one.days(now),
                "last_seen_ms": one.last_seen_at,
            }
            for one in unconfirmed
        ],
        "closed": [
            {
                "id": risk.device.device_id.hex(),
                "name": risk.device.name,
                "unit": risk.device.unit,
                "at_ms": risk.closed_at,
                "reason": risk.reason,
            }
            for risk in closed
        ],
    }
