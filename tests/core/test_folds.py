"""What facts fold to depends on which there are, never on their order, number or grouping."""

from datetime import time

from hypothesis import given
from hypothesis import strategies as st
from worlds import PASSAGE, a_visit

from fsmobile.core.ids import AgentId, OpId, VisitId
from fsmobile.core.passages import (
    PassageCancelled,
    PassageClosed,
    PassageFact,
    PassageFactUndone,
    PassageNoted,
    PassageOpened,
    PassageReason,
    PassageStatus,
    PassageTallied,
    Tally,
    fold_passage,
)
from fsmobile.core.visits import VisitCorrected, VisitFact, VisitRecorded, VisitVoided, fold_visit
from fsmobile.protocol.clock import format_hlc

AGENT = AgentId("a")
REASONS = st.sampled_from(PassageReason)
TALLIES = st.builds(Tally, met=st.integers(0, 9))
COUNTERS = st.sampled_from("xy")
UNDONE = st.integers(0, 8).map(lambda rank: OpId(f"o{rank}"))
HOURS = st.times().map(lambda hour: hour.replace(second=0, microsecond=0))


@st.composite
def _visit_facts(draw: st.DrawFn) -> list[VisitFact]:
    facts: list[VisitFact] = [
        VisitRecorded(op_id=OpId("r"), hlc=format_hlc(5, 0), agent_id=AGENT, visit=a_visit())
    ]
    for rank in range(draw(st.integers(0, 6))):
        named = {
            "op_id": OpId(f"o{rank}"),
            "hlc": format_hlc(draw(st.integers(0, 9)), 0),
            "agent_id": AGENT,
            "visit_id": VisitId("r"),
        }
        if draw(st.booleans()):
            facts.append(VisitVoided(**named, reason="doublon"))
            continue
        name = draw(st.sampled_from(["minutes", "people", "void"]))
        values = st.booleans() if name == "void" else st.integers(1, 9)
        changes = {name: (draw(values), draw(values))}
        facts.append(VisitCorrected(**named, changes=changes))
    return facts


@given(_visit_facts(), st.randoms(use_true_random=False))
def test_a_visit_is_the_same_in_any_order(facts: list[VisitFact], chance) -> None:
    expected = fold_visit(facts)
    shuffled = list(facts)
    chance.shuffle(shuffled)
    assert expected is not None
    assert fold_visit(shuffled) == expected
    assert fold_visit(iter(shuffled)) == expected
    latest = max(
        (one for one in facts if isinstance(one, VisitCorrected) and "minutes" in one.changes),
        key=lambda one: (one.hlc, one.op_id),
        default=None,
    )
    minutes = a_visit().minutes if latest is None else latest.changes["minutes"][1]
    assert expected.visit.minutes == minutes


def test_nothing_is_shown_before_the_visit_itself_has_come() -> None:
    assert fold_visit([]) is None
    voided = VisitVoided(
        op_id=OpId("v"), hlc=format_hlc(1, 0), agent_id=AGENT, visit_id=VisitId("r"), reason="x"
    )
    assert fold_visit([voided]) is None


@st.composite
def _passage_facts(draw: st.DrawFn) -> list[PassageFact]:
    facts: list[PassageFact] = []
    for rank in range(draw(st.integers(0, 8))):
        named = {
            "op_id": st.just(OpId(f"o{rank}")),
            "hlc": st.integers(0, 9).map(lambda ms: format_hlc(ms, 0)),
            "agent_id": st.just(AGENT),
        }
        facts.append(
            draw(
                st.one_of(
                    st.builds(PassageOpened, **named, at=HOURS),
                    st.builds(PassageClosed, **named, at=HOURS, reason=st.none() | REASONS),
                    st.builds(PassageCancelled, **named, reason=REASONS),
                    st.builds(PassageNoted, **named, text=st.text(max_size=5)),
                    st.builds(PassageTallied, **named, counter=COUNTERS, tally=TALLIES),
                    st.builds(PassageFactUndone, **named, undone=UNDONE),
                )
            )
        )
    return facts


@given(_passage_facts(), st.randoms(use_true_random=False))
def test_a_passage_is_the_same_in_any_order(facts: list[PassageFact], chance) -> None:
    expected = fold_passage(PASSAGE, facts)
    shuffled = list(facts)
    chance.shuffle(shuffled)
    assert fold_passage(PASSAGE, shuffled) == expected
    undone = {one.undone for one in facts if isinstance(one, PassageFactUndone)}
    kept = [one for one in facts if one.op_id not in undone]
    assert expected.openings == sum(isinstance(one, PassageOpened) for one in kept)
    greatest = {
        counter: max(
            (
                one.tally.met
                for one in kept
                if isinstance(one, PassageTallied) and one.counter == counter
            ),
            default=0,
        )
        for counter in "xy"
    }
    assert expected.tally.met == sum(greatest.values())


@given(_passage_facts())
def test_counts_do_not_grow_when_a_fact_arrives_twice(
    facts: list[PassageFact],
) -> None:
    tallies = [one for one in facts if isinstance(one, PassageTallied)]
    assert fold_passage(PASSAGE, tallies * 2).tally == fold_passage(PASSAGE, tallies).tally


def test_a_passage_cancelled_and_then_opened_is_open() -> None:
    facts: list[PassageFact] = [
        PassageOpened(op_id=OpId("b"), hlc=format_hlc(2, 0), agent_id=AGENT, at=time(14)),
        PassageCancelled(
            op_id=OpId("a"), hlc=format_hlc(1, 0), agent_id=AGENT, reason=PassageReason.WEATHER
        ),
    ]
    passage = fold_passage(PASSAGE, facts)
    assert (passage.status, passage.opened_at, passage.reason) == (
        PassageStatus.OPEN,
        time(14),
        None,
    )
