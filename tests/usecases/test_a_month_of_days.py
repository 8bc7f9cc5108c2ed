"""A month of random days: every count on the screens is the count made from the facts.

The facts are read here as plain JSON, by a fold of a few lines that shares nothing with the
program's: what the program counts in its projections must be what anybody counts in the ops.
"""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fsmobile.core.appointments import Appointment, Presence
from fsmobile.core.follow_ups import FollowUp, Usefulness
from fsmobile.core.ids import PassageId, PlaceId, ProcedureId
from fsmobile.core.passages import PassageReason
from fsmobile.core.visits import Enquiry, FirstContact, HelpKind, Outcome, Visit, Whereabouts
from fsmobile.errors import FsmobileError
from fsmobile.tui.shell import Shell
from fsmobile.usecases.appointments import (
    book_appointment,
    coming_passages,
    list_appointments,
    note_presence,
)
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.follow_ups import close_follow_up, list_open, open_follow_up, take_step
from fsmobile.usecases.passages import (
    cancel_passage,
    close_passage,
    load_day,
    open_passage,
    open_unplanned,
    tally_passage,
)
from fsmobile.usecases.undo import undo_last
from fsmobile.usecases.visits import (
    correct_visit,
    list_visits,
    reassign_visit,
    record_visit,
    unvoid_visit,
    void_visit,
)
from tests.tui.day_samples import a_day, a_shell, press, shown
from tests.worlds import Laptop

HOUR_MS = 3_600_000
DAYS = 30
PROCEDURES = ("retraite-dossier", "caf-rsa", "acte-impression", "acte-non-couverte")
OUTCOMES = (Outcome.RESOLVED, Outcome.TO_FOLLOW_UP, Outcome.NOT_APPLICABLE)


@dataclass
class Counted:
    """What the facts say, counted anew."""

    visits: dict[str, dict[str, Any]] = field(default_factory=dict)
    passages: dict[str, dict[str, Any]] = field(default_factory=dict)
    appointments: dict[str, dict[str, Any]] = field(default_factory=dict)
    follow_ups: dict[str, bool] = field(default_factory=dict)
    waiting: int = 0
    waiting_visits: int = 0

    def of_passage(self, passage_id: str) -> list[dict[str, Any]]:
        return [one for one in self.visits.values() if one.get("passage_id") == passage_id]


def count_facts(laptop: Laptop) -> Counted:
    """Read the ops of the laptop's file, and nothing else of it."""
    rows = laptop.replica.connection.execute("SELECT body, seq FROM op").fetchall()
    acked = laptop.replica.connection.execute(
        "SELECT acked_seq FROM writer WHERE is_current = 1"
    ).fetchone()[0]
    ops = sorted((json.loads(body) for body, _seq in rows), key=lambda op: (op["hlc"], op["id"]))
    undone = {op["d"]["undo"] for op in ops if "undo" in op["d"]}
    counted = Counted(
        waiting=sum(seq > acked for _body, seq in rows),
        waiting_visits=sum(
            seq > acked and json.loads(body)["k"] == "visit.record" for body, seq in rows
        ),
    )
    void: set[str] = set()
    for op in ops:
        if op["id"] not in undone:
            _count(counted, op, void)
    counted.visits = {key: one for key, one in counted.visits.items() if key not in void}
    return counted


def _count(counted: Counted, op: dict[str, Any], void: set[str]) -> None:
    data, entity = op["d"], op.get("e", op["id"])
    passage = counted.passages.setdefault(entity, {"status": "", "tally": [0, 0, 0]})
    match op["k"]:
        case "visit.record":
            counted.visits[entity] = data
        case "visit.void":
            void.add(entity)
        case "visit.correct":
            for name, (_before, after) in data["changes"].items():
                if name == "void":
                    void.discard(entity)
                else:
                    counted.visits[entity] = {**counted.visits[entity], name: after}
        case "passage.open" if "undo" not in data:
            passage.update(status="open", opened=True)
        case "passage.close" if "undo" not in data:
            passage["status"] = "cut" if data.get("reason") else "closed"
        case "passage.cancel" if "undo" not in data:
            passage["status"] = "cancelled"
        case "passage.tally" if "undo" not in data:
            new = [data["tally"][name] for name in ("met", "sent_elsewhere", "turned_away")]
            passage["tally"] = [max(pair) for pair in zip(passage["tally"], new, strict=True)]
        case "appointment.book":
            counted.appointments[entity] = {**data, "presence": "unknown"}
        case "appointment.presence" | "appointment.cancel" if entity in counted.appointments:
            counted.appointments[entity]["presence"] = data["presence"]
        case "followup.open":
            counted.follow_ups[entity] = True
        case "followup.close" | "followup.step" if entity in counted.follow_ups:
            counted.follow_ups[entity] = op["k"] == "followup.step"
        case _:
            pass


def a_visit_now(desk: Desk, a: int, b: int) -> Visit:
    lines = load_day(desk, desk.today()).lines
    line = lines[a % len(lines)] if lines and a < 8 else None
    asked = tuple(
        Enquiry(
            procedure=ProcedureId(PROCEDURES[(a + more) % len(PROCEDURES)]),
            help=HelpKind.INFORMATION,
            outcome=OUTCOMES[(b + more) % len(OUTCOMES)],
        )
        for more in range(1 + b % 3)
    )
    return Visit(
        whereabouts=Whereabouts.ROAD if line is None else Whereabouts.PASSAGE,
        passage_id=None if line is None else line.passage_id,
        insee_code=None if line is None else line.insee_code,
        service_date=desk.today(),
        starts=desk.now().time().replace(second=0, microsecond=0, tzinfo=None),
        minutes=5 + 5 * b,
        people=1 + a % 3,
        first_contact=(FirstContact.UNKNOWN, FirstContact.FIRST)[b % 2],
        enquiries=asked,
    )


def passage_of(desk: Desk, a: int) -> PassageId | None:
    lines = load_day(desk, desk.today()).lines
    return lines[a % len(lines)].passage_id if lines else None


def visit(desk: Desk, a: int, b: int) -> None:
    record_visit(desk, a_visit_now(desk, a, b))


def change_a_visit(desk: Desk, a: int, b: int) -> None:
    rows = list_visits(desk)
    if not rows:
        return
    state = rows[a % len(rows)].state
    target = passage_of(desk, b)
    if b < 3:
        void_visit(desk, state.visit_id, "erreur")
    elif b < 5:
        unvoid_visit(desk, state.visit_id)
    elif b < 8 or target is None:
        correct_visit(desk, state.visit_id, {"people": 1 + b, "minutes": 10 * b})
    else:
        reassign_visit(desk, state.visit_id, target, desk.today(), "16206")


def use_the_door(desk: Desk, a: int, b: int) -> None:
    passage_id = passage_of(desk, a)
    if passage_id is None or b == 9:
        open_unplanned(desk, PlaceId("mouton"))
    elif b < 3:
        open_passage(desk, passage_id)
    elif b < 5:
        close_passage(desk, passage_id)
    elif b < 6:
        close_passage(desk, passage_id, reason=PassageReason.BREAKDOWN)
    elif b < 7:
        cancel_passage(desk, passage_id, PassageReason.WEATHER)
    else:
        tally_passage(desk, passage_id, met=a, turned_away=b - 7)


def promise(desk: Desk, a: int, b: int) -> None:
    opened = list_open(desk).lines
    if a < 4 or not opened:
        due = desk.today() + timedelta(days=b)
        open_follow_up(
            desk,
            FollowUp(opened_on=desk.today(), task="rappeler", place_id=PlaceId("luxe"), due=due),
        )
    elif a < 6:
        take_step(desk, opened[b % len(opened)].state.follow_up_id, "appelé")
    else:
        close_follow_up(desk, opened[b % len(opened)].state.follow_up_id, usefulness=Usefulness.YES)


def give_an_hour(desk: Desk, a: int, b: int) -> None:
    coming = coming_passages(desk)
    booked = list_appointments(desk)
    if a < 6 or not booked:
        passage = coming[b % len(coming)]
        assert passage.starts is not None
        book_appointment(
            desk,
            Appointment(
                passage_id=passage.passage_id,
                starts=passage.starts,
                minutes=30,
                needs_transport=a % 2 == 0,
            ),
        )
    else:
        presence = (Presence.SEEN, Presence.NOSHOW, Presence.UNKNOWN)[b % 3]
        note_presence(desk, booked[b % len(booked)].state.appointment_id, presence)


def take_back(desk: Desk, _a: int, _b: int) -> None:
    undo_last(desk)


ACTS: tuple[Callable[[Desk, int, int], None], ...] = (
    *(visit, visit, visit, change_a_visit, use_the_door, use_the_door),
    *(promise, give_an_hour, take_back),
)
some_acts = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 9), st.integers(0, 9)), max_size=8
)
months = st.dictionaries(st.integers(0, DAYS - 1), some_acts, min_size=1, max_size=8)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(months, st.integers(0, DAYS))
def test_every_count_on_the_screens_is_the_count_of_the_facts(
    month: dict[int, list[tuple[Callable[[Desk, int, int], None], int, int]]], synced_on: int
) -> None:
    laptop = a_day()
    clock: Any = laptop.replica.clock
    morning = clock.ms
    for day in sorted({*month, synced_on}):
        clock.ms = morning + day * 24 * HOUR_MS
        for act, a, b in month.get(day, ()):
            clock.ms += 60_000
            with suppress(FsmobileError):
                act(laptop.desk, a, b)
        if day == synced_on:
            laptop.sync()
        shell, _terminal = a_shell(laptop)
        check_screens(shell, count_facts(laptop))


def check_screens(shell: Shell, facts: Counted) -> None:
    check_tour(shell, facts)
    press(shell, "2")
    waited = sum(facts.follow_ups.values()) + sum(
        one["presence"] == "unknown" for one in facts.appointments.values()
    )
    assert number(shell, r"(\d+) à tenir", absent=0) == waited
    press(shell, "6")
    assert number(shell, r"À envoyer +(\d+) actes?", absent=0) == facts.waiting
    visits_said = number(shell, r"dont (\d+) visites?", absent=0)
    assert visits_said == facts.waiting_visits
    check_report(shell, facts)
    press(shell, "escape f")
    assert number(shell, r"dont visites : (\d+)", absent=0) == facts.waiting_visits


def check_tour(shell: Shell, facts: Counted) -> None:
    lines = load_day(shell.desk, shell.desk.today()).lines
    ids = [line.passage_id for line in lines]
    if not ids:
        return
    press(shell, "left " * len(ids))
    done = sum(facts.passages.get(one, {}).get("status") in ("closed", "cut") for one in ids)
    assert number(shell, rf"(\d+) arrêts? faits? sur {len(ids)}") == done
    said = number(shell, r"arrêts? faits? sur \d+ .*?(\d+) visites?")
    assert said == sum(len(facts.of_passage(one)) for one in ids)
    for passage_id in ids:
        visits = facts.of_passage(passage_id)
        assert number(shell, r"─ .*? · (\d+) personnes?") == sum(
            one.get("people", 1) for one in visits
        )
        assert number(shell, r"· (\d+) demandes? ─") == sum(len(one["enquiries"]) for one in visits)
        assert number(shell, r"Visites ici · (\d+)") == len(visits)
        met, elsewhere, turned = facts.passages.get(passage_id, {}).get("tally", [0, 0, 0])
        told = rf"venues {met}  o orientées {elsewhere}  r reparties {turned}"
        assert re.search(told, shown(shell))
        press(shell, "right")


def check_report(shell: Shell, facts: Counted) -> None:
    month = shell.desk.today().isoformat()[:7]
    visits = [one for one in facts.visits.values() if one["service_date"].startswith(month)]
    asked = [enquiry for one in visits for enquiry in one["enquiries"]]
    with_visit = {one["passage_id"] for one in visits if one["passage_id"]}
    told = {key for key, one in facts.passages.items() if one.get("opened")}
    # Only passages have a name with a day of the month in it; visits are named otherwise.
    done = {one for one in with_visit | told if f"/{month}" in one}
    press(shell, "7")
    for figure, expected in (
        ("personnes", sum(one.get("people", 1) for one in visits)),
        ("demandes", len(asked)),
        (
            r"premiers contacts \(visites\)",
            sum(one.get("first_contact") == "first" for one in visits),
        ),
        (
            "demandes non couvertes",
            sum(one["procedure"] == "acte-non-couverte" for one in asked),
        ),
        ("passages réalisés", len(done)),
    ):
        assert number(shell, rf"  {figure} +(\d+)", height=40) == expected, figure
    assert number(shell, r"· (\d+) visites? ·", height=40) == len(visits)


def number(shell: Shell, pattern: str, *, absent: int | None = None, height: int = 24) -> int:
    """Read a number from the screen."""
    screen = shown(shell, 120, height)
    found = re.search(pattern, screen)
    if found is None:
        assert absent is not None, f"{pattern} in\n{screen}"
        return absent
    return int(found[1])
