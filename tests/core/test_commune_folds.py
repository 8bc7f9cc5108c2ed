"""What is known of a commune, folded from its facts in any order, with those taken back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.commune_notices import (
    CommuneContact,
    CommuneContactSet,
    CommuneFact,
    CommuneFactUndone,
    CommuneTold,
    NoticeChannel,
    NoticeStep,
    check_contact,
    fold_commune,
)
from fsmobile.core.ids import AgentId, OpId
from fsmobile.errors import InvalidInput
from fsmobile.protocol.clock import format_hlc

DAY = date(2026, 11, 26)
RANKS = st.integers(0, 6).map(lambda rank: OpId(f"o{rank}"))
PUBLICATIONS = st.sampled_from((OpId("p1"), OpId("p2")))


def _named(rank: int, ms: int) -> dict[str, object]:
    return {"op_id": OpId(f"o{rank}"), "hlc": format_hlc(ms, 0), "agent_id": AgentId("nadia")}


@st.composite
def _facts(draw: st.DrawFn) -> list[CommuneFact]:
    facts: list[CommuneFact] = []
    for rank in range(draw(st.integers(0, 7))):
        named = _named(rank, draw(st.integers(0, 9)))
        told = st.builds(
            CommuneTold,
            **{name: st.just(value) for name, value in named.items()},
            step=st.sampled_from(NoticeStep),
            publication=PUBLICATIONS,
            on=st.just(DAY),
            channel=st.sampled_from(NoticeChannel),
        )
        contact = st.integers(0, 9).map(
            lambda digit, n=named: CommuneContactSet(**n, contact=CommuneContact(phone=str(digit)))
        )
        undone = RANKS.map(lambda one, n=named: CommuneFactUndone(**n, undone=one))
        facts.append(draw(st.one_of(told, contact, undone)))
    return facts


@given(_facts(), st.randoms(use_true_random=False))
def test_a_commune_is_the_same_in_any_order(facts, chance) -> None:
    state = fold_commune("16196", facts)
    chance.shuffle(facts)
    assert fold_commune("16196", facts) == state
    undone = {one.undone for one in facts if isinstance(one, CommuneFactUndone)}
    assert not undone & {one.op_id for one in state.steps}
    if state.answer is not None:
        assert state.last_told is not None
        assert state.answer.publication == state.last_told.publication


def test_an_answer_to_an_earlier_publication_is_no_answer_to_the_last_one() -> None:
    def step(rank: int, step: NoticeStep, publication: str) -> CommuneTold:
        return CommuneTold(
            **_named(rank, rank),
            step=step,
            publication=OpId(publication),
            on=DAY,
            channel=NoticeChannel.EMAIL,
        )

    told = [step(1, NoticeStep.TOLD, "p1"), step(2, NoticeStep.ACKNOWLEDGED, "p1")]
    assert fold_commune("16196", told).answer is not None
    assert fold_commune("16196", [*told, step(3, NoticeStep.TOLD, "p2")]).answer is None


@pytest.mark.parametrize(
    ("contact", "code"),
    [
        (CommuneContact(email="mairie"), "email_not_valid"),
        (CommuneContact(email="mairie de@dun.fr"), "email_not_valid"),
        (CommuneContact(phone="0" * 200), "contact_too_long"),
    ],
)
def test_a_contact_that_reaches_nobody_is_refused(contact: CommuneContact, code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        check_contact(contact)
    assert check_contact(CommuneContact(email="mairie@dun.fr", phone="0555"))
