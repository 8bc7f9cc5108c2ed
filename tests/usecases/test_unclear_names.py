"""An id or a name that means several things: all are listed, and nothing is done."""

from datetime import date

import pytest
from worlds import a_laptop, a_registry, a_visit

from fsmobile.core.ids import PlaceId
from fsmobile.errors import InvalidInput, NotFound
from fsmobile.reference.sample_schedules import CHARENTE, find_sample_schedule
from fsmobile.texts.sentences import explain_error
from fsmobile.usecases import passages, visits
from fsmobile.usecases.schedules import load_schedule_folders, require_trees

DAY = date(2026, 11, 26)


def test_the_start_of_several_visits_lists_them() -> None:
    desk = a_laptop(a_registry()).desk
    ids = [visits.record_visit(desk, a_visit()) for _ in range(2)]
    with pytest.raises(InvalidInput) as refused:
        visits.find_visit(desk, ids[0][:4])
    assert refused.value.code == "visit_ambiguous"
    told = str(explain_error(refused.value))
    assert "introuvable" not in told.lower()
    assert all(one in told for one in ids)
    assert "retraite-dossier" in told
    assert visits.find_visit(desk, ids[0]) == ids[0]
    with pytest.raises(NotFound):
        visits.find_visit(desk, "zz")


def test_a_long_list_of_visits_is_cut() -> None:
    desk = a_laptop(a_registry()).desk
    first, *_others = [visits.record_visit(desk, a_visit()) for _ in range(20)]
    with pytest.raises(InvalidInput) as refused:
        visits.find_visit(desk, first[:4])
    names = str(refused.value.params["names"])
    assert names.endswith("…")
    assert names.count("retraite-dossier") == visits.CANDIDATES_MAX


def test_a_place_where_the_bus_stops_twice_lists_both_passages() -> None:
    desk = a_laptop(a_registry()).desk
    (desk.tree,) = require_trees(load_schedule_folders(find_sample_schedule(CHARENTE)))
    planned = passages.load_day(desk, DAY).lines[0]
    assert planned.place_id is not None
    second = passages.open_unplanned(desk, PlaceId(planned.place_id)).passage_id
    with pytest.raises(InvalidInput) as refused:
        passages.find_passage(desk, planned.place_id, DAY)
    assert refused.value.code == "passage_ambiguous"
    told = str(explain_error(refused.value))
    assert planned.passage_id in told
    assert second in told
