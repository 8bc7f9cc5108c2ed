"""Coverage, drives and trials at the coordinator's desk, key by key."""

from pathlib import Path

import pytest

from fsmobile.texts.translation import speaking
from fsmobile.tui.lines import Role, cells, plain_glyphs
from fsmobile.tui.shell import Shell
from fsmobile.tui.territory_map import TerritoryMap
from fsmobile.usecases.planning import look_again
from fsmobile.usecases.trials import list_trials
from tests.tui.day_samples import press, shown
from tests.tui.planning_samples import a_planning_shell, page_of, settle
from tests.usecases.planning_samples import FIRST, folder_bytes

OUTLINE = [(45.0, 2.0), (45.0, 3.0), (46.0, 3.0), (46.0, 2.0)]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return a_planning_shell(tmp_path / "creuse")


def rows(shell: Shell, width: int = 80, height: int = 22) -> list[str]:
    return [row.text.rstrip() for row in shell.body(width, height)]


def test_the_coverage_is_one_key_away_as_a_table_and_as_a_map(shell: Shell) -> None:
    press(shell, "f6")
    told = shown(shell)
    for words in ("Couverture · Creuse", "≤ 20", "≥ 33", "≈ 57", "Aubusson", "3 018"):
        assert words in told.replace("\u202f", " ").replace("\u00a0", " "), words
    assert any("⠂" <= char <= "⣿" for char in told)
    press(shell, "escape")
    assert "Novembre 2026" in shown(shell)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("width", "height"), [(80, 22), (60, 18), (120, 38), (200, 50)])
@pytest.mark.parametrize("keys", ["f6", "f7"])
def test_a_study_fits_every_window(
    shell: Shell, language: str, width: int, height: int, keys: str
) -> None:
    with speaking(language):
        press(shell, keys)
        drawn = shell.body(width, height)
    assert len(drawn) <= height
    assert max(cells(row.text) for row in drawn) <= width


def test_without_braille_the_same_map_has_dots_and_letters(shell: Shell) -> None:
    press(shell, "f6")
    for row in shell.body(80, 22):
        plain = plain_glyphs(row).text
        assert cells(plain) == cells(row.text)
        assert not any("\u2800" <= char <= "\u28ff" for char in plain)


def test_a_territory_keeps_its_shape_whatever_the_window() -> None:
    for width, height in ((40, 20), (90, 12), (20, 40)):
        drawn = TerritoryMap(width, height, [OUTLINE])
        cells_drawn = [
            (row, column)
            for row, line in enumerate(drawn.lines())
            for column, char in enumerate(line.text)
            if char != " "
        ]
        wide = (max(c for _r, c in cells_drawn) + 1) * 2
        high = (max(r for r, _c in cells_drawn) + 1) * 4
        # One degree of longitude at 45.5° is 0.70 of one of latitude.
        assert wide / high == pytest.approx(0.70, abs=0.12)


def test_names_never_cover_a_sign_nor_one_another() -> None:
    drawn = TerritoryMap(30, 10, [OUTLINE])
    points = [(45.5, 2.3), (45.5, 2.4), (45.5, 2.7)]
    for point in points:
        drawn.draw_sign(point, "●", Role.GOOD)
    for point, name in zip(points, ("Dun", "Bonnat", "Gouzon"), strict=True):
        drawn.write_name(point, name)
    text = "\n".join(line.text for line in drawn.lines())
    assert text.count("●") == 3
    for name in ("Dun", "Bonnat", "Gouzon"):
        assert name in text or not any(part in text for part in (name[:3], name[-3:]))


def test_the_drives_of_the_day_and_a_better_order_in_three_keys(shell: Shell) -> None:
    page = page_of(shell)
    file = page.planning.path / FIRST
    text = file.read_text(encoding="utf-8")
    extra = '[sorties.jeudi.arrets.grand-bourg]\nlieu = "grand-bourg"\nouvert = "12:45-13:15"\n\n'
    where = text.index("[sorties.jeudi.arrets.benevent]")
    file.write_text(text[:where] + extra + text[where:], encoding="utf-8")
    look_again(page.planning)
    page.show()
    press(shell, "f7")
    told = shown(shell)
    assert "La Souterraine → Le Grand" in told
    assert "min de retard" in told
    assert "≈" in told
    before = folder_bytes(page.planning.path)
    press(shell, "1 1")
    after = folder_bytes(page.planning.path)
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {
        "surcharges/2026/2026-11-26-nord-grand-bourg.toml",
        "surcharges/2026/2026-11-26-nord-souterraine.toml",
    }
    press(shell, "u")
    assert folder_bytes(page.planning.path) == before


def test_a_trial_is_made_edited_compared_and_kept_by_keys(shell: Shell) -> None:
    plan = page_of(shell).planning
    before = folder_bytes(plan.path)
    press(shell, "f8 1 j e u d i enter")
    assert "Essai « jeudi » : ne se publie pas" in shown(shell)
    press(shell, "x 5 p")
    assert "ne se publie pas" in shell.message.text
    assert "F8 comparer" in shown(shell)
    press(shell, "f8 enter")
    told = shown(shell)
    assert "-50" in told
    assert "La Souterraine" in told
    assert "Nadia B." in told
    assert "agent-a" not in told
    visible = {
        name: text for name, text in folder_bytes(plan.path).items() if ".essais" not in name
    }
    assert visible == before
    press(shell, "escape f8 2")
    settle(shell)
    assert page_of(shell).planning is plan
    assert "souterraine" not in plan.files[FIRST]
    press(shell, "u")
    assert plan.files[FIRST].encode() == before[FIRST]
    press(shell, "f8 1 5")
    assert list_trials(plan.path) == []


def test_a_trial_is_handed_over_by_keys_and_a_missing_file_is_told(
    shell: Shell, tmp_path: Path
) -> None:
    press(shell, "f8 1 a enter f8 3 f8 1 4 enter")
    assert (tmp_path / "essai-a.json").is_file()
    press(shell, "f8 3 / n o n enter")
    assert "No such file" in shell.message.text
