"""Fields filled in one by one: one changed line, its comment kept, nonsense refused."""

import difflib
from pathlib import Path

import pytest

from fsmobile.errors import InvalidInput
from fsmobile.usecases.planning import Planning
from fsmobile.usecases.planning_fields import FilledField, fill_field, list_fields
from tests.usecases.planning_samples import FIRST, a_planning, passage


@pytest.fixture
def planning(tmp_path: Path) -> Planning:
    return a_planning(tmp_path / "creuse")


def field(planning: Planning, owner: str, key: str) -> FilledField:
    dun = passage(planning, "2026-12-08", "dun")
    fields = list_fields(planning.sheets, dun)
    (found,) = [x for x in fields if (x.field.owner.value, x.field.key) == (owner, key)]
    return found


@pytest.mark.parametrize(
    ("owner", "key", "typed", "lines"),
    [
        ("arret", "trajet", "40", ["-trajet = 35", "+trajet = 40"]),
        ("arret", "note", "derrière la halle", ['+note   = "derrière la halle"']),
        ("arret", "acces", "rdv", ['+acces  = "rdv"']),
        ("arret", "incertain", "oui", ["+incertain = true"]),
        ("sortie", "depart", "8h15", ['-depart   = "08:30"', '+depart   = "08:15"']),
        ("sortie", "retour", "", ['-retour   = "17:00"']),
        ("version", "fin", "30/6/2027", ["+fin      = 2027-06-30"]),
        ("lieu", "courant", "non", ["-courant  = true", "+courant  = false"]),
        ("bus", "controle", "1/4/2027", ["2027-03-15", "2027-04-01"]),
    ],
)
def test_a_field_is_one_changed_line(
    planning: Planning, owner: str, key: str, typed: str, lines: list[str]
) -> None:
    owner = "vehicule" if owner == "bus" else owner
    found = field(planning, owner, key)
    texts = fill_field(planning.sheets, found, typed)
    ((path, text),) = texts.items()
    diff = difflib.unified_diff(
        planning.files[path].splitlines(), (text or "").splitlines(), lineterm="", n=0
    )
    changed = [x for x in diff if x[:1] in "+-" and x[:3] not in ("+++", "---")]
    assert len(changed) == len(lines)
    for line, wanted in zip(changed, lines, strict=True):
        assert wanted in line


@pytest.mark.parametrize(
    ("owner", "key", "typed", "code"),
    [
        ("arret", "trajet", "quarante", "field_not_understood"),
        ("arret", "acces", "parfois", "field_not_taken"),
        ("sortie", "vehicule", "bus-9", "field_not_taken"),
        ("sortie", "depart", "25h", "field_not_understood"),
        ("version", "fin", "31/2/2027", "field_not_understood"),
        ("lieu", "indisponible", "jeudi matin", "field_not_taken"),
    ],
)
def test_what_a_field_cannot_take_is_refused_and_nothing_is_written(
    planning: Planning, owner: str, key: str, typed: str, code: str
) -> None:
    with pytest.raises(InvalidInput, match=code):
        fill_field(planning.sheets, field(planning, owner, key), typed)


def test_every_field_says_what_the_files_say(planning: Planning) -> None:
    dun = passage(planning, "2026-12-08", "dun")
    texts = {f"{x.field.owner.value}.{x.field.key}": x.text for x in list_fields(
        planning.sheets, dun)}  # fmt: skip
    assert texts["arret.ouvert"] == "09:30-12:00"
    assert texts["version.equipage"] == "agent-a, agent-b"
    assert texts["lieu.pmr"] == "oui"
    assert texts["lieu.indisponible"] == "jeudi 06:00-14:00"
    assert texts["vehicule.controle"] == "2027-03-15"
    assert texts["arret.note"] == ""
    assert field(planning, "arret", "trajet").file == FIRST
