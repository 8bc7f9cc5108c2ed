"""The promised table of key presses: how many, and what is recorded by them, field by field."""

from collections.abc import Callable

import pytest

from fsmobile.core.visits import (
    AgeBand,
    Channel,
    FirstContact,
    HelpKind,
    Mandate,
    Outcome,
    Visit,
    Whereabouts,
)
from fsmobile.tui.shell import Shell
from fsmobile.usecases.appointments import list_appointments
from fsmobile.usecases.drafts import list_drafts
from fsmobile.usecases.visits import list_visits, visit_history
from tests.tui.day_samples import a_day, a_shell, press

TYPICAL = "n r e t enter r enter"
UNSAID = {
    "people": 1,
    "channel": Channel.WALK_IN,
    "first_contact": FirstContact.UNKNOWN,
    "age_band": AgeBand.UNKNOWN,
    "residence": None,
    "mandate": Mandate.NONE,
    "note": "",
    "is_from_paper": False,
}
"""What the person was not asked is recorded as not said."""


def visits(shell: Shell) -> list[Visit]:
    rows = sorted(list_visits(shell.desk), key=lambda row: row.state.visit_id)
    return [row.state.visit for row in rows]


def check_place(visit: Visit) -> None:
    """Where, when and how long: nobody types it."""
    assert visit.whereabouts is Whereabouts.PASSAGE
    assert visit.passage_id == "bus-charente/semaine-paire/luxe/2026-11-26"
    assert visit.insee_code == "16196"
    assert visit.service_date.isoformat() == "2026-11-26"
    assert visit.starts.isoformat("minutes") == "09:00"


def recorded(*asked: tuple[str, str | None, HelpKind, Outcome, int]) -> Callable[[Shell], None]:
    """Expect one visit more, of these enquiries, with every other field as unsaid."""

    def check(shell: Shell) -> None:
        visit = visits(shell)[-1]
        check_place(visit)
        assert {name: getattr(visit, name) for name in UNSAID} == UNSAID
        assert [
            (one.procedure, one.operator, one.help, one.outcome) for one in visit.enquiries
        ] == [one[:4] for one in asked]
        assert visit.minutes == sum(one[4] for one in asked)
        assert list_drafts(shell.desk) == []

    return check


def resumed(shell: Shell) -> None:
    assert "Retraite · dossier" in "\n".join(one.text for one in shell.body(80, 22))
    press(shell, "r enter")
    assert visits(shell)[-1].people == 2
    assert list_drafts(shell.desk) == []


def reassigned(shell: Shell) -> None:
    (row,) = list_visits(shell.desk)
    assert row.state.visit.passage_id == "bus-charente/semaine-paire/mansle/2026-11-26"
    assert row.state.visit.insee_code == "16206"
    assert len(visit_history(shell.desk, row.state.visit_id)) == 2


def booked(shell: Shell) -> None:
    (line,) = list_appointments(shell.desk)
    appointment = line.state.appointment
    assert appointment.passage_id == "bus-charente/semaine-paire/luxe/2026-12-03"
    assert appointment.starts.isoformat("minutes") == "10:00"
    assert (appointment.procedure, appointment.needs_transport) == ("caf-aide-logement", False)


RETIREMENT = ("retraite-dossier", "cnav", HelpKind.ASSISTANCE, Outcome.RESOLVED, 30)
HOUSING = ("caf-aide-logement", "caf", HelpKind.ASSISTANCE, Outcome.RESOLVED, 25)
PRINT = ("acte-impression", None, HelpKind.ASSISTANCE, Outcome.RESOLVED, 5)
SIMPLE = ("acte-renseignement", None, HelpKind.INFORMATION, Outcome.RESOLVED, 5)
UNCOVERED = ("acte-non-couverte", None, HelpKind.INFORMATION, Outcome.NOT_APPLICABLE, 10)

TABLE = {
    "typical visit": ("", TYPICAL, 7, recorded(RETIREMENT)),
    "most frequent": ("", "n enter r enter", 4, recorded(SIMPLE)),
    "same again": (f"{TYPICAL}", "d enter", 2, recorded(RETIREMENT)),
    "three enquiries": (
        "",
        "n r e t enter r , c a f enter r , i m p enter r enter",
        19,
        recorded(RETIREMENT, HOUSING, PRINT),
    ),
    "park and resume": ("n r e t enter 2", "escape b", 2, resumed),
    "reassign": (TYPICAL, "enter t 1", 3, reassigned),
    "appointment on the next passage": ("n c a f enter p enter", "v 1 2 1", 8, booked),
    "need that is not covered": ("", "h enter", 2, recorded(UNCOVERED)),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_promised_number_of_keys_records_every_field(name: str) -> None:
    before, keys, most, check = TABLE[name]
    shell, _terminal = a_shell(a_day())
    press(shell, before)
    assert press(shell, keys) <= most
    check(shell)
