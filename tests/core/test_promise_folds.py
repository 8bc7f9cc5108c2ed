"""Appointments and follow-ups: the same in any order; what is flagged, late or forgotten."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.appointments import (
    Appointment,
    AppointmentAttended,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentFact,
    AppointmentFactUndone,
    AppointmentMoved,
    AppointmentState,
    AppointmentTold,
    Presence,
    check_appointment,
    find_double_bookings,
    fold_appointment,
)
from fsmobile.core.follow_ups import (
    FollowUp,
    FollowUpClosed,
    FollowUpFact,
    FollowUpFactUndone,
    FollowUpNamed,
    FollowUpOpened,
    FollowUpState,
    FollowUpStepped,
    NamedPart,
    Referral,
    ReferralChannel,
    check_follow_up,
    check_named_part,
    count_reminders,
    fold_follow_up,
)
from fsmobile.core.ids import AgentId, AppointmentId, FollowUpId, OpId, PlaceId
from fsmobile.core.working_days import count_working_days
from fsmobile.errors import InvalidInput
from fsmobile.protocol.clock import format_hlc
from tests.worlds import PASSAGE

TODAY = date(2026, 11, 23)
HOURS = st.times().map(lambda hour: hour.replace(second=0, microsecond=0))
DAYS = st.integers(1, 28).map(lambda day: date(2026, 12, day))
UNDONE = st.integers(0, 6).map(lambda rank: OpId(f"o{rank}"))


def _named(rank: int, ms: int) -> dict[str, object]:
    return {"op_id": OpId(f"o{rank}"), "hlc": format_hlc(ms, 0), "agent_id": AgentId("a")}


def an_appointment(starts: time = time(14, 30), minutes: int = 30) -> Appointment:
    return Appointment(passage_id=PASSAGE, starts=starts, minutes=minutes)


def a_follow_up(**changes: object) -> FollowUp:
    fields = {"opened_on": TODAY, "task": "rappeler la CAF", "place_id": PlaceId("ruffec")}
    return FollowUp(**(fields | changes))


def a_named_part(erase_on: date = date(2027, 5, 1)) -> NamedPart:
    return NamedPart(name="Mme R.", consented_on=TODAY, consent_text="suite-1", erase_on=erase_on)


@st.composite
def _appointment_facts(draw: st.DrawFn) -> list[AppointmentFact]:
    facts: list[AppointmentFact] = [
        AppointmentBooked(**_named(0, draw(st.integers(0, 3))), appointment=an_appointment())
    ]
    for rank in range(1, draw(st.integers(1, 7))):
        named = _named(rank, draw(st.integers(3, 9)))
        facts.append(
            draw(
                st.one_of(
                    HOURS.map(
                        lambda at, n=named: AppointmentMoved(**n, passage_id=PASSAGE, starts=at)
                    ),
                    st.sampled_from(Presence).map(
                        lambda by, n=named: AppointmentCancelled(**n, by=by)
                    ),
                    DAYS.map(lambda day, n=named: AppointmentTold(**n, day=day)),
                    st.sampled_from(Presence).map(
                        lambda one, n=named: AppointmentAttended(**n, presence=one)
                    ),
                    UNDONE.map(lambda one, n=named: AppointmentFactUndone(**n, undone=one)),
                )
            )
        )
    return facts


@given(_appointment_facts(), st.randoms(use_true_random=False))
def test_an_appointment_is_the_same_in_any_order(facts, chance) -> None:
    expected = fold_appointment(facts)
    chance.shuffle(facts)
    assert fold_appointment(facts) == expected
    undone = {one.undone for one in facts if isinstance(one, AppointmentFactUndone)}
    if OpId("o0") in undone:
        assert expected is None
        return
    assert expected is not None
    kept = sorted(
        (one for one in facts if one.op_id not in undone), key=lambda one: (one.hlc, one.op_id)
    )
    moves = [one for one in kept if isinstance(one, AppointmentMoved)]
    assert expected.moves == len(moves)
    assert expected.appointment.starts == (moves[-1].starts if moves else time(14, 30))
    tellings = [one for one in kept if isinstance(one, AppointmentMoved | AppointmentTold)]
    assert expected.appointment.day == (tellings[-1].day if tellings else None)
    assert expected.placed_at == (moves[-1].hlc if moves else kept[0].hlc)


@st.composite
def _follow_up_facts(draw: st.DrawFn) -> list[FollowUpFact]:
    facts: list[FollowUpFact] = [FollowUpOpened(**_named(0, 0), follow_up=a_follow_up())]
    days = st.integers(24, 30).map(lambda day: date(2026, 11, day))
    for rank in range(1, draw(st.integers(1, 7))):
        named = _named(rank, draw(st.integers(1, 9)))
        facts.append(
            draw(
                st.one_of(
                    st.just(FollowUpNamed(**named, named=a_named_part())),
                    days.map(lambda on, n=named: FollowUpStepped(**n, on=on, text="appelé")),
                    days.map(lambda on, n=named: FollowUpStepped(**n, on=on, due=on)),
                    days.map(lambda on, n=named: FollowUpClosed(**n, on=on, is_done=True)),
                    UNDONE.map(lambda one, n=named: FollowUpFactUndone(**n, undone=one)),
                )
            )
        )
    return facts


@given(_follow_up_facts(), st.randoms(use_true_random=False))
def test_a_follow_up_is_the_same_in_any_order(facts, chance) -> None:
    expected = fold_follow_up(facts)
    chance.shuffle(facts)
    assert fold_follow_up(facts) == expected
    undone = {one.undone for one in facts if isinstance(one, FollowUpFactUndone)}
    if OpId("o0") in undone:
        assert expected is None
        return
    assert expected is not None
    kept = [one for one in facts if one.op_id not in undone]
    assert (expected.named is None) is not any(isinstance(one, FollowUpNamed) for one in kept)
    last = max(
        (one for one in kept if isinstance(one, FollowUpStepped | FollowUpClosed)),
        key=lambda one: (one.hlc, one.op_id),
        default=None,
    )
    assert expected.is_open is not isinstance(last, FollowUpClosed)


def test_a_follow_up_without_its_named_part_is_whole_and_names_nobody() -> None:
    opened = FollowUpOpened(**_named(0, 0), follow_up=a_follow_up())
    named = FollowUpNamed(**_named(1, 1), named=a_named_part())
    with_name, without = fold_follow_up([opened, named]), fold_follow_up([opened])
    assert with_name is not None
    assert without is not None
    assert with_name.named is not None
    assert without.named is None
    assert without.follow_up == with_name.follow_up


def _booked(rank: int, placed_ms: int, starts: time, minutes: int = 30) -> AppointmentState:
    return AppointmentState(
        appointment_id=AppointmentId(f"a{rank}"),
        appointment=an_appointment(starts, minutes),
        agent_id=AgentId("a"),
        placed_at=format_hlc(placed_ms, 0),
    )


def test_the_later_of_two_bookings_of_one_slot_is_flagged_and_both_stand() -> None:
    first, later = _booked(1, 10, time(14)), _booked(2, 20, time(14, 15))
    after = _booked(3, 30, time(14, 45))
    assert find_double_bookings([later, after, first]) == {"a2"}
    assert find_double_bookings([later, first], counters=2) == set()


def test_a_slot_that_was_called_off_is_free_again() -> None:
    gone = fold_appointment(
        [
            AppointmentBooked(**_named(0, 1), appointment=an_appointment()),
            AppointmentCancelled(**_named(1, 2), by=Presence.EXCUSED),
        ]
    )
    assert gone is not None
    assert find_double_bookings([gone, _booked(2, 20, time(14, 30))]) == set()


def test_a_silent_referral_is_chased_after_three_and_fifteen_working_days() -> None:
    referral = Referral(to="caf", channel=ReferralChannel.ADMINISTRATION_PLUS)
    state = FollowUpState(
        follow_up_id=FollowUpId("f"),
        follow_up=a_follow_up(referral=referral),
        agent_id=AgentId("a"),
        touched_on=TODAY,
    )
    assert [count_reminders(state, days) for days in (2, 3, 14, 15, 40)] == [0, 1, 1, 2, 2]
    closed = FollowUpState(
        follow_up_id=state.follow_up_id,
        follow_up=state.follow_up,
        agent_id=state.agent_id,
        touched_on=TODAY,
        is_open=False,
    )
    assert count_reminders(closed, 40) == 0


def test_working_days_leave_out_weekends_and_holidays() -> None:
    friday, tuesday = date(2026, 11, 6), date(2026, 11, 10)
    assert count_working_days(friday, tuesday, ()) == 2
    assert count_working_days(tuesday, date(2026, 11, 12), {date(2026, 11, 11)}) == 1
    assert count_working_days(tuesday, tuesday, ()) == 0
    assert count_working_days(tuesday, friday, ()) == 0


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"task": " "}, ["follow_up_without_task"]),
        ({"task": "x" * 201}, ["follow_up_text_too_long"]),
        ({"place_id": None}, ["follow_up_without_end"]),
        ({"place_id": None, "due": TODAY}, []),
    ],
)
def test_a_promise_says_what_and_when(changes: dict[str, object], codes: list[str]) -> None:
    if not codes:
        assert check_follow_up(a_follow_up(**changes))
        return
    with pytest.raises(InvalidInput) as caught:
        check_follow_up(a_follow_up(**changes))
    assert [problem.code for problem in caught.value.problems] == codes


@pytest.mark.parametrize("erase_on", [TODAY, date(2027, 11, 25), date(2026, 1, 1)])
def test_a_name_is_never_kept_for_ever(erase_on: date) -> None:
    with pytest.raises(InvalidInput):
        check_named_part(a_named_part(erase_on), TODAY)
    assert check_named_part(a_named_part(date(2027, 11, 24)), TODAY)


def test_an_appointment_has_a_length() -> None:
    with pytest.raises(InvalidInput):
        check_appointment(an_appointment(minutes=0))
