"""`fsmobile schedule check`: exit codes, words, JSON, the folder that is looked at."""

import json
import shutil
from pathlib import Path

import pytest

from fsmobile.cli.main import run

EXAMPLE = Path(__file__).parents[1] / "validation" / "exemple-creuse"
DAY = ("--date", "2026-11-22")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Copy the example, whose only faults are three warnings."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "creuse"))


def break_file(tree: Path) -> None:
    """Plant a date that cannot be."""
    file = tree / "tournees/nord/2026-09-01.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("2026-12-11", "2026-02-30"), encoding="utf-8")


def test_warnings_are_told_and_are_no_failure_unless_strict(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["schedule", "check", str(tree), *DAY]) == 0
    told = capsys.readouterr().out
    assert "AVERTISSEMENT parity_break_week53 (2)" in told
    assert "tournees/nord/2027-01-04.toml:85:12: " in told
    assert "→ Ajoutez une version en janvier" in told
    assert "0 erreur, 3 avertissements" in told.splitlines()[-1]
    assert run(["schedule", "check", str(tree), *DAY, "--strict"]) == 1


def test_an_error_gives_2_and_its_line_and_column(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    break_file(tree)
    assert run(["schedule", "check", str(tree), *DAY]) == 2
    told = capsys.readouterr().out
    assert told.startswith("ERREUR file_unreadable (1)\n")
    assert "tournees/nord/2026-09-01.toml:105:" in told


def test_json_is_the_report_alone(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schedule", "check", str(tree), *DAY, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document.keys() == {"summary", "notices"}
    assert document["summary"]["warnings"] == 3
    assert document["summary"]["structures"] == ["fsi-exemple-23"]
    first = document["notices"][0]
    assert first.keys() == {"code", "severity", "totalNotices", "sampleNotices"}
    assert (first["code"], first["severity"], first["totalNotices"]) == (
        "parity_break_week53",
        "WARNING",
        2,
    )
    assert first["sampleNotices"][0]["fichier"] == "tournees/nord/2027-01-04.toml"
    assert first["sampleNotices"][0].keys() >= {"ligne", "colonne", "id", "message"}


def test_several_trees_are_checked_together_under_their_names(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(tree, tree.parent / "autre")
    break_file(tree)
    assert run(["schedule", "check", str(tree.parent), *DAY]) == 2
    told = capsys.readouterr().out
    assert "  creuse/tournees/nord/2026-09-01.toml:105:" in told
    assert "  autre/structure.toml:" in told


def test_without_a_folder_the_schedules_of_here_are_checked(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tree.parent / "here"
    shutil.copytree(tree, here / "schedules" / "creuse")
    monkeypatch.chdir(here)
    assert run(["schedule", "check", *DAY]) == 0
    assert "3 avertissements" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_a_tree_is_refused_with_a_sentence(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert run(["schedule", "check", str(tmp_path / name), *DAY]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert name in told.err


def test_a_date_that_cannot_be_is_a_slip_of_the_keyboard(tree: Path) -> None:
    with pytest.raises(SystemExit) as left:
        run(["schedule", "check", str(tree), "--date", "2026-02-30"])
    assert left.value.code == 64


def test_every_line_of_a_broken_tree_has_a_sentence_of_its_own(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    break_file(tree)
    (tree / "lieux.toml").write_text('format = "lieux/9"\n[lieux.Dun]\n', encoding="utf-8")
    (tree / "vehicules.toml").write_bytes(b"\xff\xfe")
    assert run(["schedule", "check", str(tree), *DAY]) == 2
    assert "Règle non respectée" not in capsys.readouterr().out


def test_a_page_is_whole_escaped_and_has_no_script(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = tree / "lieux.toml"
    text = places.read_text(encoding="utf-8")
    places.write_text(text.replace("Bonnat — champ", "<script>x</script>"), encoding="utf-8")
    assert run(["schedule", "check", str(tree), *DAY, "--format", "html"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="fr">' in page
    assert "<script" not in page
    assert "src=" not in page
    assert "http" not in page
    assert "0 erreur, 3 avertissements" in page
    assert page.count("<h1>") == 1
    assert page.count('<th scope="col">') == 2 * page.count("<table>")


def test_a_page_says_days_and_places_as_people_do(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["schedule", "check", str(tree), *DAY])
    told = capsys.readouterr().out
    assert "du jeudi 24 décembre 2026 et du jeudi 14 janvier 2027" in told
    assert "« Bénévent-l'Abbaye — place de l'abbaye »" in told


def test_what_has_one_remedy_is_mended_and_said(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = tree / "lieux.toml"
    text = places.read_text(encoding="utf-8")
    broken = text.replace('"23096"', '"23000"', 1).replace('de foire"', 'de foire "', 1)
    places.write_bytes(broken.replace("\n", "\r\n").encode())
    assert run(["schedule", "check", str(tree), *DAY, "--fix"]) == 0
    told = capsys.readouterr()
    assert places.read_bytes().decode() == text
    assert 'lieux.gueret-depot.insee : "23000" → "23096"' in told.err
    assert "insee_is_postcode" not in told.out
    assert run(["schedule", "check", str(tree), *DAY, "--fix"]) == 0
    assert capsys.readouterr().err == ""
