"""What a report counts: one figure never stands for another, and a small one tells of nobody."""

from collections import Counter
from datetime import date, time

from worlds import PASSAGE, a_visit

from fsmobile.core.ids import AgentId, PassageId, VisitId
from fsmobile.core.passage_reports import PassageOfReport, count_passages, weekly_minutes
from fsmobile.core.passages import Passage, PassageReason, PassageStatus, Tally
from fsmobile.core.reports import (
    ENQUIRY_DIMENSIONS,
    MASKED,
    Count,
    Dimension,
    Figures,
    add_figures,
    codes_of,
    count_visits,
    first_contacts,
    group_enquiries,
    mask_small,
    quantile_minutes,
    uncovered_needs,
)
from fsmobile.core.visits import Enquiry, FirstContact, HelpKind, Outcome, VisitState

UNCOVERED = Enquiry(
    procedure="acte-non-couverte",
    help=HelpKind.INFORMATION,
    outcome=Outcome.NOT_APPLICABLE,
)


def a_state(is_void: bool = False, agent: str = "nadia", **changes: object) -> VisitState:
    return VisitState(
        visit_id=VisitId("v"), visit=a_visit(**changes), agent_id=AgentId(agent), is_void=is_void
    )


def test_visits_people_and_enquiries_are_three_figures() -> None:
    couple = a_visit().enquiries * 2
    figures = count_visits([a_state(people=2, enquiries=couple), a_state(), a_state(is_void=True)])
    assert figures.total == Count(2, 3, 3)
    assert figures.of(Dimension.STOP) == {"semaine-paire/luxe": Count(2, 3, 3)}
    # What was asked counts enquiries alone: one visit may ask several things.
    assert figures.of(Dimension.OPERATOR) == {"cnav": Count(0, 0, 3)}
    assert count_visits([]) == Figures()


def test_first_contacts_and_needs_not_covered_are_told_apart() -> None:
    figures = count_visits(
        [a_state(first_contact=FirstContact.FIRST, people=3), a_state(enquiries=(UNCOVERED,))]
    )
    assert first_contacts(figures) == Count(1, 3, 1)
    assert uncovered_needs(figures) == 1
    assert figures.of(Dimension.OPERATOR)[""] == Count(0, 0, 1)


def test_days_add_up_as_if_they_were_counted_together() -> None:
    states = [a_state(service_date=date(2026, 11, day), minutes=5 * day) for day in range(1, 9)]
    assert add_figures([count_visits(states[:3]), count_visits(states[3:])]) == count_visits(states)
    figures = count_visits(states)
    assert quantile_minutes(figures, 0.5) == 20
    assert quantile_minutes(figures, 0.9) == 40
    assert quantile_minutes(Figures(), 0.5) is None


def test_each_figure_is_of_the_visits_that_its_code_lists() -> None:
    asked = a_visit().enquiries
    states = [
        a_state(is_void=number % 5 == 0, agent=f"agent-{number % 3}", people=1 + number % 4,
                minutes=10 * (number % 3), enquiries=(*asked, UNCOVERED)[number % 2 :])
        for number in range(40)
    ]  # fmt: skip
    figures = count_visits(states)
    for dimension in set(Dimension) - ENQUIRY_DIMENSIONS:
        listed: dict[str, list[VisitState]] = {}
        for state in states:
            for code in codes_of(state, dimension):
                listed.setdefault(code, []).append(state)
        assert figures.of(dimension) == {
            code: count_visits(found).total for code, found in listed.items()
        }
    for dimension in ENQUIRY_DIMENSIONS - {Dimension.THEME}:
        counted = Counter(code for state in states for code in codes_of(state, dimension))
        assert figures.of(dimension) == {code: Count(0, 0, n) for code, n in counted.items()}


def test_a_theme_adds_the_procedures_of_it_and_what_has_none_stays() -> None:
    counts = {"a": Count(0, 0, 2), "b": Count(0, 0, 3), "c": Count(0, 0, 4)}
    assert group_enquiries(counts, {"a": "x", "b": "x"}) == {
        "x": Count(0, 0, 5),
        "": Count(0, 0, 4),
    }


def test_a_masked_line_cannot_be_found_again_from_the_total() -> None:
    counts = {"a": Count(2, 2, 2), "b": Count(7, 9, 9), "c": Count(40, 50, 60)}
    masked = mask_small(counts)
    assert [masked[code].visits for code in "abc"] == [MASKED, MASKED, 40]
    assert mask_small({"a": Count(2, 2, 2)})["a"].visits == MASKED
    assert mask_small({"a": Count(5, 5, 5)}) == {"a": Count(5, 5, 5)}


def a_passage(number: int, visits: int = 0, **facts: object) -> PassageOfReport:
    passage_id = PassageId(PASSAGE.replace("luxe", f"arret-{number}"))
    return PassageOfReport(
        passage_id=passage_id,
        service_date=date(2026, 11, 26),
        is_planned=number < 10,
        is_called_off=number == 5,
        planned_minutes=180 if number < 10 else None,
        passage=Passage(passage_id=passage_id, **facts),
        visits=visits,
    )


def test_planned_done_cancelled_and_nobody_came_are_told_apart() -> None:
    opened, closed = time(9), time(12)
    rows = [
        a_passage(
            1,
            4,
            status=PassageStatus.CLOSED,
            opened_at=opened,
            closed_at=closed,
            tally=Tally(met=6, turned_away=2),
        ),
        a_passage(2, 0, status=PassageStatus.CLOSED, opened_at=opened, closed_at=closed),
        a_passage(
            3,
            1,
            status=PassageStatus.CUT_SHORT,
            opened_at=opened,
            closed_at=time(10),
            reason=PassageReason.WEATHER,
        ),
        a_passage(4, status=PassageStatus.CANCELLED, reason=PassageReason.BREAKDOWN),
        a_passage(5),
        a_passage(6),
        a_passage(7, 2),
        a_passage(11, 1, status=PassageStatus.OPEN, opened_at=opened),
    ]
    figures = count_passages(rows, date(2026, 11, 27))
    assert (figures.planned, figures.done, figures.unplanned) == (7, 5, 1)
    assert (figures.cancelled, figures.cut_short, figures.untold) == (2, 1, 1)
    assert (figures.without_visit, figures.unclosed) == (1, 2)
    assert (figures.planned_minutes, figures.open_minutes) == (6 * 180, 420)
    assert figures.tally == Tally(met=6, turned_away=2)
    assert weekly_minutes(figures, 7) == 420
    assert count_passages(rows, date(2026, 11, 26)).untold == 0
