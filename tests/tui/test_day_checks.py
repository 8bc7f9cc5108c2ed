"""The evening says no, a sync, the evening says yes; the morning says why not."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from fsmobile.errors import RegistryUnreachable, Severity
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.second_copy import keep_copy
from fsmobile.texts.sentences import explain_error
from fsmobile.usecases.day_checks import check_day_end, check_departure
from tests.tui.day_samples import a_day, a_long_day, a_shell, press, shown

DAY = "a i enter a right a i enter a"
"""Both stops opened, a visit each, both closed."""


def _codes(findings) -> list[str]:
    return [one.code for one in findings if one.severity is Severity.WARNING]


def test_the_evening_says_no_until_the_registry_has_signed_for_everything() -> None:
    laptop = a_day()
    laptop.sync()
    shell, _terminal = a_shell(laptop)
    press(shell, DAY)
    assert _codes(check_day_end(laptop.desk).findings) == ["ops_only_here"]
    press(shell, "f")
    assert "Puis-je fermer le portable ?  ✗ non" in shown(shell)
    assert "Actes sur ce seul portable : 6, dont visites : 2 ; s les envoie" in shown(shell)
    SyncEngine(laptop.replica, laptop.registry, laptop.key).run()
    assert "Puis-je fermer le portable ?  ✓ oui" in shown(shell)
    assert "2 arrêts faits sur 2" in shown(shell)
    press(shell, "escape")
    assert "Visites ici" in shown(shell)


@pytest.mark.parametrize(
    ("keys", "codes"),
    [
        ("", ["stop_untold", "stop_untold"]),
        ("a", ["passage_left_open", "stop_untold"]),
        ("a n r e t escape a right a a", ["drafts_left"]),
        ("a v 2 1 1 a right a a", ["appointments_untold"]),
        ("a v 2 1 1 a right a a 2 p 1", []),
    ],
)
def test_the_evening_asks_for_what_was_not_told(keys: str, codes: list[str]) -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, keys)
    laptop.sync()
    assert _codes(check_day_end(laptop.desk).findings) == codes


def test_the_morning_says_whether_the_bus_may_leave(tmp_path: Path) -> None:
    laptop = a_day()
    desk = laptop.desk
    assert "timetable_missing" in _codes(check_departure(desk).findings)
    laptop.sync()
    assert check_departure(desk, power_supplies=tmp_path).is_yes
    shell, _terminal = a_shell(laptop)
    press(shell, "m")
    assert "Peut-on partir ?  ✓ oui" in shown(shell)
    assert "Passages prévus aujourd'hui : 2." in shown(shell)
    desk.replica.clock.ms += 9 * 86_400_000
    assert "timetable_old" in _codes(check_departure(desk, power_supplies=tmp_path).findings)


@pytest.mark.parametrize(("text", "codes"), [("12\n", ["battery_low"]), ("80", []), ("?", [])])
def test_a_low_battery_is_told_before_the_bus_leaves(
    tmp_path: Path, text: str, codes: list[str]
) -> None:
    laptop = a_day()
    laptop.sync()
    battery = tmp_path / "BAT0"
    battery.mkdir()
    (battery / "capacity").write_text(text)
    assert _codes(check_departure(laptop.desk, power_supplies=tmp_path).findings) == codes


def test_a_laptop_of_a_bus_that_the_timetable_has_never_had_is_told_before_it_leaves() -> None:
    laptop = a_day()
    laptop.sync()
    tree = laptop.desk.tree
    assert tree is not None
    laptop.desk.tree = replace(tree, vehicles={}, tours={})
    assert "unit_unknown" in _codes(check_departure(laptop.desk).findings)
    shell, _terminal = a_shell(laptop)
    press(shell, "m")
    assert "Inscrit pour bus-charente/bus-1, que le planning ne connaît pas" in shown(shell)
    laptop.desk.tree = replace(tree, tours={})
    assert "unit_unknown" not in _codes(check_departure(laptop.desk).findings)


def test_work_whose_sealed_copy_is_on_a_stick_keeps_nobody(tmp_path: Path) -> None:
    laptop = a_day()
    laptop.sync()
    shell, _terminal = a_shell(laptop)
    press(shell, DAY)
    dictionary = load_wire_dictionary()
    keep_copy(laptop.replica, laptop.key, dictionary, tmp_path)
    press(shell, "f")
    assert "Puis-je fermer le portable ?  ✓ oui" in shown(shell)
    assert "une copie scellée" in shown(shell)
    press(shell, "escape i enter f")
    assert _codes(check_day_end(laptop.desk).findings) == ["ops_only_here"]
    assert "n'a pas encore les derniers actes" in shown(shell)
    (copied,) = tmp_path.iterdir()
    copied.unlink()
    assert "Aucune deuxième copie" in shown(shell)


@pytest.mark.parametrize("page", ["1", "2", "6", "f", "n", "n c a f enter", "c"])
@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_sentence_of_a_refusal_is_whole_on_every_page(width: int, page: str) -> None:
    shell, _terminal = a_shell(a_day())
    press(shell, page)
    error = RegistryUnreachable("registry_unreachable")
    shell.refuse(error)
    rows = shown(shell, width=width).splitlines()
    assert len(rows) == 24
    told = " ".join(row.strip() for row in rows[-5:-1] if row)
    assert explain_error(error).next in told
    assert all(len(row) <= width for row in rows)


def test_an_evening_longer_than_the_window_is_read_to_its_end() -> None:
    shell, _terminal = a_shell(a_long_day())
    press(shell, "f")
    assert "Puis-je fermer le portable ?" in shown(shell)
    assert "17:00-17:45" not in shown(shell)
    assert "↑↓ Défiler" in shown(shell)
    press(shell, "pagedown pagedown pagedown")
    assert "17:00-17:45  Saint-Remy" in shown(shell)
    assert shown(shell).splitlines()[2].startswith("─ jeudi 26 novembre")
    press(shell, "up")
    assert "17:00-17:45" not in shown(shell)
    assert "Défiler" not in shown(shell, 80, 60)


def test_what_happened_at_a_stop_never_touches_its_name() -> None:
    shell, _terminal = a_shell(a_long_day())
    press(shell, "m")
    rows = [row for row in shown(shell).splitlines() if ":45  Saint-Remy" in row]
    assert rows
    assert all("…  →" in row for row in rows)
