"""A whole day without a terminal: two stops, 20 visits, no network, then a sync, and counts."""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from fsmobile.cli.demo_world import DemoWorld
from fsmobile.cli.output import say
from fsmobile.cli.wiring import make_desk, sync_once
from fsmobile.config import load_settings
from fsmobile.core.catalogue import Procedure
from fsmobile.core.visits import Enquiry, Outcome, Visit, Whereabouts
from fsmobile.errors import RegistryUnreachable
from fsmobile.sync.progress import SyncReport
from fsmobile.texts.translation import _
from fsmobile.usecases import passages, visits
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.passages import DayLine

VISITS = 20


@dataclass(slots=True)
class Tally:
    """Whether every count came out as it must."""

    wrong: int = 0

    def expect(self, sentence: str, got: int, wanted: int) -> None:
        """Say a count, and mark it when it is not the one wanted."""
        sign = "ok" if got == wanted else _("FAUX (attendu {wanted})").format(wanted=wanted)
        self.wrong += got != wanted
        say(f"  {sentence} : {sign}")


def live_a_day(world: DemoWorld) -> int:
    """Live the day through the use cases of the screens; return 0 when every count is right."""
    tally = Tally()
    world.registry.stop()
    say(_("Le registre est arrêté : la journée se passe sans réseau."))
    desk = _desk_of(world, world.home)
    try:
        recorded = _record_the_day(world, desk)
        tally.expect(_("{n} visites enregistrées").format(n=recorded), recorded, VISITS)
        tally.expect(
            _("sans réseau, l'envoi est remis à plus tard, rien n'est perdu"),
            _try_without_network(world),
            VISITS,
        )
    finally:
        desk.replica.close()
    say(_("Retour à la base : le registre répond."))
    world.registry.start()
    first = _sync(world, world.home)
    got = first.received_visits
    tally.expect(_("{n} sur {total} reçues").format(n=got, total=VISITS), got, VISITS)
    second = _sync(world, world.home)
    tally.expect(_("deuxième envoi : {n} à envoyer").format(n=second.to_send), second.to_send, 0)
    other = world.workspace / "second-portable"
    world.enrol(other, "agent", "second portable")
    pulled = _sync(world, other).pulled_visits
    tally.expect(_("second portable : {n} visites reçues").format(n=pulled), pulled, VISITS)
    held = json.loads(world.ask_registry("status", "--format", "json"))["visits"]
    tally.expect(_("le registre tient {n} visites").format(n=held), held, VISITS)
    say(_("Tout est juste.") if not tally.wrong else _("Un compte est faux."))
    return 1 if tally.wrong else 0


def _record_the_day(world: DemoWorld, desk: Desk) -> int:
    sheet = passages.load_day(desk, world.day)
    lines = [line for line in sheet.lines if not line.is_cancelled]
    procedures = sorted(desk.catalogue.procedures.values(), key=lambda one: -one.weight)
    recorded = 0
    for rank, line in enumerate(lines):
        passages.open_passage(desk, line.passage_id)
        share = VISITS // len(lines) + (rank < VISITS % len(lines))
        for number in range(share):
            procedure = procedures[(7 * number + rank) % 25]
            visits.record_visit(desk, _visit(line, procedure, number))
            recorded += 1
        passages.close_passage(desk, line.passage_id)
        say(_("  {place} : {n} visites").format(place=line.name, n=share))
    return recorded


def _visit(line: DayLine, procedure: Procedure, number: int) -> Visit:
    opening = line.starts or time(9)
    minutes = opening.hour * 60 + opening.minute + 7 * number
    outcome = (Outcome.RESOLVED, Outcome.RESOLVED, Outcome.TO_FOLLOW_UP)[number % 3]
    return Visit(
        whereabouts=Whereabouts.PASSAGE,
        passage_id=line.passage_id,
        insee_code=line.insee_code,
        service_date=line.openings[0].service_date,
        starts=time(minutes // 60, minutes % 60),
        minutes=procedure.minutes,
        people=1 + (number % 7 == 0),
        enquiries=(
            Enquiry(
                procedure=procedure.procedure_id,
                operator=procedure.operator,
                help=procedure.help,
                outcome=outcome,
            ),
        ),
    )


def _try_without_network(world: DemoWorld) -> int:
    """Sync against nobody; return how many visits wait afterwards."""
    with suppress(RegistryUnreachable):
        _sync(world, world.home)
    desk = _desk_of(world, world.home)
    try:
        rows = visits.list_visits(desk, day=world.day)
        return sum(not row.is_received for row in rows)
    finally:
        desk.replica.close()


def _desk_of(world: DemoWorld, home: Path) -> Desk:
    return make_desk(load_settings(home, world.environment))


def _sync(world: DemoWorld, home: Path) -> SyncReport:
    return sync_once(load_settings(home, world.environment))
