"""Ids: UUIDv7 as RFC 9562 has them, and names of passages that read back."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.ids import (
    AgencyId,
    PlaceId,
    ProcedureId,
    StopId,
    TourId,
    is_plain_act,
    is_slug,
    make_uuid7,
    parse_passage_id,
    planned_passage_id,
    unplanned_passage_id,
)

SLUGS = st.from_regex(r"\A[a-z0-9-]{1,40}\Z")


@given(st.integers(-(2**50), 2**50), st.binary(min_size=10, max_size=16))
def test_an_id_is_a_uuid7_whatever_the_clock(now_ms: int, token: bytes) -> None:
    uuid = UUID(make_uuid7(now_ms, token))
    assert (uuid.version, uuid.variant) == (7, "specified in RFC 4122")
    assert str(uuid) == make_uuid7(now_ms, token)
    assert uuid.int >> 80 == now_ms % 2**48


@given(st.integers(0, 2**48 - 2), st.binary(min_size=10, max_size=10))
def test_later_ids_sort_later(now_ms: int, token: bytes) -> None:
    assert make_uuid7(now_ms, b"\xff" * 10) < make_uuid7(now_ms + 1, token)


def test_seventy_four_bits_of_chance_are_kept() -> None:
    ids = {make_uuid7(0, (1 << bit).to_bytes(10, "big")) for bit in range(80)}
    assert len(ids) == 75  # 74 bits and the one id in which the version and variant swallow theirs


@given(SLUGS, SLUGS, SLUGS, st.dates())
def test_a_planned_passage_reads_back(agency: str, tour: str, stop: str, day: date) -> None:
    name = parse_passage_id(planned_passage_id(AgencyId(agency), TourId(tour), StopId(stop), day))
    assert (name.agency_id, name.tour_id, name.stop_id, name.service_date) == (
        agency,
        tour,
        stop,
        day,
    )


@given(SLUGS, SLUGS, st.dates())
def test_an_unplanned_passage_reads_back(agency: str, place: str, day: date) -> None:
    token = make_uuid7(1, b"0123456789")
    name = parse_passage_id(unplanned_passage_id(AgencyId(agency), PlaceId(place), day, token))
    assert (name.agency_id, name.place_id, name.service_date, name.token) == (
        agency,
        place,
        day,
        token,
    )


@given(st.text(max_size=60))
def test_what_is_no_name_is_a_value_error(text: str) -> None:
    try:
        name = parse_passage_id(text)
    except ValueError:
        return
    assert name.service_date is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a/b/c",
        "a/b/c/d",
        "A/b/c/2026-01-01",
        "a/b/c/2026-13-01",
        "a/b/c/20261126",
        "a/b/c/2026-W48-4",
        "a/@p/2026-01-01/01A216F1-E80B-753B-8902-09FD5263FC13",
        "a/@p/2026-01-01/x",
        "a/@/2026-01-01/01a216f1-e80b-753b-8902-09fd5263fc13",
        "/@p/2026-01-01/01a216f1-e80b-753b-8902-09fd5263fc13",
    ],
)
def test_a_bad_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the class is the contract
        parse_passage_id(text)


def test_a_slug_has_no_capital_no_accent_no_space() -> None:
    assert is_slug("semaine-paire")
    assert not any(map(is_slug, ["", "Luxé", "a b", "a/b", "a\n", "x" * 41]))


def test_a_plain_act_is_told_from_a_procedure_by_its_code() -> None:
    assert is_plain_act(ProcedureId("acte-renseignement"))
    assert not is_plain_act(ProcedureId("retraite-dossier"))
