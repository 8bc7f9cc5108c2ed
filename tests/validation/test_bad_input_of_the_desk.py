"""Files as people spoil them: each fault with its sentence, its place and its remedy."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsmobile.cli.main import run
from fsmobile.texts.problems import explain_problem
from fsmobile.texts.schedule_problems import SCHEDULE_SENTENCES
from fsmobile.texts.schedule_remedies import explain_remedy
from fsmobile.usecases.schedule_check import check_files
from tests.validation.planted_faults import ALL_FAULTS
from tests.validation.schedule_trees import ANEW, EXAMPLE, FIRST, SECOND, TODAY, Planted

DAY = ("--date", TODAY.isoformat())
PLACES = "lieux.toml"
CLOSURES = "calendriers/fermetures.toml"
CLOSED = 'format = "fermetures/1"\n[fermetures.noel]\ndu = {}\nau = {}\n'

SPOILT: dict[str, tuple[str, str, str | bytes, str]] = {
    "end before beginning": (FIRST, "effet    = 2026-09-01",
                             "effet    = 2026-09-01\nfin = 2026-08-01", "unexpected_value"),
    "closure reversed": (CLOSURES, ANEW, CLOSED.format("2026-12-31", "2026-12-24"),
                         "unexpected_value"),
    "30 February": (FIRST, "2026-12-11", "2026-02-30", "file_unreadable"),
    "hours past midnight": (FIRST, '"09:30-12:00"', '"22:00-01:00"', "invalid_time_span"),
    "hour 25": (FIRST, '"09:30-12:00"', '"25:00-26:00"', "invalid_time_span"),
    "postcode for INSEE": (PLACES, '"23096"', '"23000"', "insee_is_postcode"),
    "swapped coordinates": (PLACES, "lat     = 46.1710\nlon     = 1.8710",
                            "lat     = 1.8710\nlon     = 46.1710", "coordinates_swapped"),
    "a stop that exceptions still name": (FIRST, "arrets.dun]", "arrets.bourg]",
                                          "overlay_target_missing"),
    "merge markers": (FIRST, "[sorties.jeudi]", "<<<<<<< ici\n[sorties.jeudi]\n=======",
                      "merge_markers_left"),
    "not UTF-8": (PLACES, "Guéret", b"Gu\xe9ret", "file_unreadable"),
    "5 MB": (PLACES, ANEW, "# " + "x" * 5_000_000, "file_unreadable"),
    "a key twice": (SECOND, "vacances = ", 'feries   = "avec"\nvacances = ',
                    "duplicate_identifier"),
    "a date in quotes": (FIRST, "effet    = 2026-09-01", 'effet    = "2026-09-01"', "wrong_type"),
    "a French date": (FIRST, "effet    = 2026-09-01", "effet    = 01/09/2026", "file_unreadable"),
}  # fmt: skip


def spoil(tree: Path, path: str, old: str, new: str | bytes) -> None:
    file = tree / path
    file.parent.mkdir(parents=True, exist_ok=True)
    content = b"" if old == ANEW else file.read_bytes()
    assert old.encode() in content
    new = new if isinstance(new, bytes) else new.encode()
    file.write_bytes(new if old == ANEW else content.replace(old.encode(), new))


@pytest.mark.parametrize("name", SPOILT)
def test_what_people_spoil_is_told_with_its_place_and_its_remedy_and_left_as_it_is(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, old, new, code = SPOILT[name]
    tree = Path(shutil.copytree(EXAMPLE, tmp_path / "creuse"))
    spoil(tree, path, old, new)
    before = {file: file.read_bytes() for file in tree.rglob("*") if file.is_file()}
    status = run(["schedule", "check", str(tree), *DAY])
    told = capsys.readouterr().out
    block = next(one for one in told.split("\n\n") if one.split("\n")[0].split(" ")[1] == code)
    assert f"  {path}:" in block or code == "overlay_target_missing"
    assert "  → " in block
    assert status == (2 if told.startswith("ERREUR") else 0)
    assert {file: file.read_bytes() for file in tree.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize("planted", ALL_FAULTS, ids=str)
def test_each_fault_has_a_whole_sentence_and_a_remedy(planted: Planted) -> None:
    (told, *_) = [
        one for one in check_files(planted.files, planted.today) if one.code == planted.code
    ]
    sentence = explain_problem(told)
    assert sentence.endswith((".", "?", "»"))
    assert "{" not in sentence
    assert not sentence.startswith("Règle non respectée")
    assert explain_remedy(planted.code)


def test_every_code_has_a_remedy() -> None:
    assert [code for code in SCHEDULE_SENTENCES if not explain_remedy(code)] == []


ANYTIME = [one for one in ALL_FAULTS if one.today == TODAY and one.edits]


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from(ANYTIME), min_size=3, max_size=3, unique_by=str))
def test_any_three_faults_at_once_are_said_in_whole_sentences(planted: list[Planted]) -> None:
    files = dict(planted[0].files)
    for one in planted[1:]:
        for path, old, new in one.edits:
            files[path] = new if old == ANEW else files[path].replace(old, new, 1)
    problems = check_files(files, TODAY)
    assert all(explain_problem(one) for one in problems)
    told = {one.code for one in problems}
    assert told & {one.code for one in planted}
