"""The coordinator's desk, key by key: each act in at most six keys, and the files it writes."""

import asyncio
from pathlib import Path
from shutil import copytree

import pytest

from fsmobile.core.ids import VehicleId
from fsmobile.core.planned_passages import PlannedStatus
from fsmobile.texts.translation import set_language
from fsmobile.tui.app import FsmobileApp
from fsmobile.tui.lines import cells
from fsmobile.tui.shell import Shell
from fsmobile.tui.views.frame import key_bar_line
from tests.tui.app_samples import no_network, screen_text
from tests.tui.day_samples import Terminal, a_day, a_shell, press, shown
from tests.tui.planning_samples import (
    a_coordinator_desk,
    a_planning_folder,
    a_planning_shell,
    page_of,
    settle,
)
from tests.usecases.coordinators import an_office
from tests.usecases.planning_samples import EXAMPLE, FIRST, folder_bytes, passages

KEYS_MAX = 6
OF_THE_DAY = "surcharges/2026/2026-11-26-nord-"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Show Thursday 26 November 2026: La Souterraine, then Bénévent."""
    return a_planning_shell(tmp_path / "creuse")


def changed(shell: Shell, before: dict[str, bytes]) -> set[str]:
    """Return the files that differ from what they were."""
    after = folder_bytes(page_of(shell).planning.path)
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


@pytest.mark.parametrize(
    ("act", "keys", "files"),
    [
        ("cancel", "x 1 1", {f"{OF_THE_DAY}souterraine.toml"}),
        ("cancel from now on", "x 4", {"tournees/nord/2026-11-26.toml", "2027"}),
        ("cancel for all", "x 5", {FIRST, "2027"}),
        ("cancel the half-day", "x 2 1", {f"{OF_THE_DAY}matin.toml"}),
        ("cancel the day", "x 3 2", {f"{OF_THE_DAY}journee.toml"}),
        ("move", "m 1 1", {f"{OF_THE_DAY}souterraine.toml"}),
        ("other place", "l 1 1 5", {f"{OF_THE_DAY}souterraine.toml"}),
        ("other place for all", "l 1 3", {FIRST, "2027"}),
        ("other hours", "h 1 1 5", {f"{OF_THE_DAY}souterraine.toml"}),
        ("other hours from now on", "h 1 2", {"tournees/nord/2026-11-26.toml", "2027"}),
        ("other crew", "a 1 1 4", {f"{OF_THE_DAY}souterraine.toml"}),
        ("extra pass", "n 1", {"surcharges/2026/2026-11-30-nord-souterraine.toml"}),
        ("spare bus for the day", "v 1 1 1", {f"{OF_THE_DAY}journee.toml"}),
        ("close the day", "d 1 1", {"calendriers/fermetures.toml"}),
        ("close the week", "d 2 2", {"calendriers/fermetures.toml"}),
        (
            "swap two stops",
            "i 1",
            {f"{OF_THE_DAY}souterraine.toml", f"{OF_THE_DAY}benevent.toml"},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_each_act_takes_six_keys_at_most_and_writes_its_files(
    shell: Shell, act: str, keys: str, files: set[str]
) -> None:
    before = folder_bytes(page_of(shell).planning.path)
    count = press(shell, keys)
    wanted = {name if name != "2027" else "tournees/nord/2027-01-04.toml" for name in files}
    assert changed(shell, before) == wanted, act
    assert count <= KEYS_MAX
    press(shell, "u")
    assert changed(shell, before) == set()
    press(shell, "r")
    assert changed(shell, before) == wanted


def test_a_spare_bus_for_a_week_is_four_keys(shell: Shell) -> None:
    before = folder_bytes(page_of(shell).planning.path)
    assert press(shell, "v 1 2 1") <= KEYS_MAX
    assert {name[-26:] for name in changed(shell, before)} == {
        f"2026-11-{day}-nord-journee.toml"[-26:] for day in (24, 25, 26, 27)
    }


def test_what_the_spare_bus_lacks_is_said_before_it_is_lent(shell: Shell) -> None:
    press(shell, "v")
    assert "Minibus de secours · sans base" in shown(shell)


def test_a_bus_that_no_file_has_is_added_then_lent_for_the_week(tmp_path: Path) -> None:
    folder = tmp_path / "creuse"
    copytree(EXAMPLE, folder)
    shell = Shell(a_coordinator_desk(), Terminal(), planning_path=folder)
    press(shell, "5")
    settle(shell)
    planning = page_of(shell).planning
    before = folder_bytes(planning.path)
    assert len(planning.tree.vehicles) == 1
    press(shell, "v 1")
    press(shell, "enter")  # A bus has a name: nothing is taken yet.
    press(shell, " ".join("Relais"))
    press(shell, "enter")
    assert "D'où part « Relais » ?" in shown(shell)
    press(shell, "1")
    assert changed(shell, before) == {"vehicules.toml"}
    base = planning.tree.vehicles[VehicleId("bus-1")].base_id
    added = f'[vehicules.relais]\nnom  = "Relais"\nbase = "{base}"\n\n'
    assert planning.files["vehicules.toml"].replace(added, "").encode() == before["vehicules.toml"]
    assert "Pour combien de temps ?" in shown(shell)
    press(shell, "2 1")
    lent = changed(shell, before) - {"vehicules.toml"}
    assert lent
    assert all(name.endswith("-nord-journee.toml") for name in lent)
    press(shell, "u")
    assert changed(shell, before) == {"vehicules.toml"}
    press(shell, "u")
    assert changed(shell, before) == set()


def test_a_bus_is_added_from_a_day_without_a_passage_by_the_menu(shell: Shell) -> None:
    before = folder_bytes(page_of(shell).planning.path)
    press(shell, "g")
    press(shell, " ".join("29/11/2026"))
    press(shell, "enter enter")
    press(shell, " ".join("semaine"))
    assert "en ajouter un" in shown(shell, 120, 40)
    press(shell, "enter")
    press(shell, " ".join("Minibus"))
    press(shell, "enter 2")
    assert "Un bus de plus : Minibus" in shell.message.text
    assert changed(shell, before) == {"vehicules.toml"}
    (minibus,) = (
        one for one in page_of(shell).planning.tree.vehicles.values() if one.name == "Minibus"
    )
    assert minibus.base_id is None
    press(shell, "left left left v")
    assert "Minibus · sans base" in shown(shell)


def test_a_passage_lost_to_a_holiday_is_seen_and_kept_in_two_keys(tmp_path: Path) -> None:
    shell = a_planning_shell(tmp_path / "creuse")
    press(shell, "g")
    press(shell, " ".join("1/11/2027"))
    press(shell, "enter")
    text = shown(shell, 120, 40)
    assert "férié : Toussaint" in text
    assert "un jour férié le supprime · f le maintient" in text
    before = folder_bytes(page_of(shell).planning.path)
    assert press(shell, "f 1") <= KEYS_MAX
    (name,) = changed(shell, before)
    assert name == "surcharges/2027/2027-11-01-nord-saint-vaury.toml"
    press(shell, "right left")
    assert "Le bus vient à Saint-Vaury le lundi 1er novembre" in shown(shell, 120, 40)


def test_a_cancelled_passage_is_restored_in_two_keys(shell: Shell) -> None:
    before = folder_bytes(page_of(shell).planning.path)
    press(shell, "x 1 1")
    assert "✗" in shown(shell)
    assert press(shell, "x 1") == 2
    assert changed(shell, before) == set()


def test_the_change_shows_at_once_in_the_month_and_is_said(shell: Shell) -> None:
    press(shell, "x 1 1")
    text = shown(shell)
    assert "▸26≠" in text
    assert "La Souterraine, jeu. 26 nov. : annulé · o avis · u défaire" in text


def test_the_notice_is_ready_written_and_can_be_rewritten(shell: Shell) -> None:
    press(shell, "x 1 1")
    told = "Le bus est en panne : pas de passage à La Souterraine le jeudi 26"
    assert told in shown(shell, 120, 40)
    assert "Le bus est en panne" in shown(shell, 80, 24)
    press(shell, "o ctrl+u N e i g e . enter")
    path = page_of(shell).planning.path / f"{OF_THE_DAY}souterraine.toml"
    assert 'avis   = "Neige."' in path.read_text(encoding="utf-8")


def test_a_rule_is_typed_in_french_with_its_next_dates_shown(shell: Shell) -> None:
    press(shell, "e ctrl+u")
    assert "il manque le jour" in shown(shell)
    press(shell, "m a r d i")
    text = shown(shell)
    assert "les mardis, hors jours fériés" in text
    assert "mar. 1er déc." in text.replace("\N{NO-BREAK SPACE}", " ")
    press(shell, "o")
    assert "je ne comprends pas « mardio »" in shown(shell)
    before = folder_bytes(page_of(shell).planning.path)
    press(shell, "enter")
    assert "je ne comprends pas" in shown(shell)
    press(shell, "backspace enter 2")
    assert changed(shell, before) == {FIRST, "tournees/nord/2027-01-04.toml"}


def test_even_weeks_or_every_other_one_is_asked_with_the_dates_of_both(shell: Shell) -> None:
    press(shell, "e ctrl+u")
    for key in "mardi paires":
        shell.press(key)
    text = shown(shell, 120, 40)
    assert "Nouvel An 2026/2027, après une semaine 53" in text
    assert "8/12 · 22/12 · 12/1 · 26/1" in text
    assert "8/12 · 22/12 · 5/1 · 19/1 · 2/2" in text
    press(shell, "tab")
    assert "une semaine sur deux à compter du 26 novembre 2026" in shown(shell, 120, 40)


def test_the_week_53_is_repaired_for_the_whole_tour(tmp_path: Path) -> None:
    shell = a_planning_shell(tmp_path / "creuse")
    page = page_of(shell)
    (page.planning.path / "tournees/nord/2027-01-04.toml").unlink()
    shell.tick()
    press(shell, "left left")  # Tuesday 24 November: even weeks
    press(shell, "c 1")
    settle(shell)
    problems = page.planning.check()
    assert "parity_break_week53" not in [one.code for one in problems]
    assert (page.planning.path / "tournees/nord/2027-01-04.toml").exists()


def test_hours_are_typed_as_people_write_them(shell: Shell) -> None:
    press(shell, "h 9 ctrl+u")
    for key in "9h30-12h, 14h-16h":
        shell.press(key)
    assert "09:30-12:00, 14:00-16:00" in shown(shell)
    press(shell, "enter 1 9")
    path = page_of(shell).planning.path / f"{OF_THE_DAY}souterraine.toml"
    assert 'ouvert = ["09:30-12:00", "14:00-16:00"]' in path.read_text(encoding="utf-8")


def test_a_range_is_closed_by_its_two_dates(shell: Shell) -> None:
    press(shell, "d 3")
    for key in "3/12/2026":
        shell.press(key)
    assert "8 jours" in shown(shell)
    press(shell, "enter 1")
    path = page_of(shell).planning.path / "calendriers/fermetures.toml"
    assert "au    = 2026-12-03" in path.read_text(encoding="utf-8")


def test_what_is_written_by_hand_is_read_and_never_overwritten(shell: Shell) -> None:
    page = page_of(shell)
    path = page.planning.path / FIRST
    press(shell, "h 1 3")
    text = path.read_text(encoding="utf-8").replace('"09:45-12:45"', '"10:00-12:45"')
    path.write_text(text, encoding="utf-8")
    shell.tick()
    assert "Modifié à la main, relu" in shown(shell)
    press(shell, "u")
    assert "il n'a pas été écrasé" in shell.message.text
    assert '"10:00-12:45"' in path.read_text(encoding="utf-8")


def test_arrows_walk_the_days_and_tab_the_passages(shell: Shell) -> None:
    page = page_of(shell)
    assert page.line is not None
    press(shell, "tab")
    assert page.line.passage.stop_id == "benevent"
    press(shell, "tab")
    assert page.line.passage.stop_id == "gouzon"
    press(shell, "shift+tab")
    assert page.line.passage.stop_id == "benevent"
    press(shell, "up pagedown t left")
    assert page.planned_day().day.isoformat() == "2026-11-25"
    press(shell, "right")
    for _ in range(40):
        press(shell, "pagedown")
    assert page.planned_day().day.isoformat() == "2030-03-26"


def test_the_screen_fits_at_both_sizes_and_its_keys_too(shell: Shell) -> None:
    for keys in ("", "w", "x 1 1", "e", "p", "escape escape enter", "escape s"):
        press(shell, keys)
        for width, height in ((80, 24), (100, 30), (120, 40)):
            rows = shown(shell, width, height).splitlines()
            assert len(rows) <= height
            assert max(map(cells, rows)) <= width
        row, starts = key_bar_line(shell.hints(), 80)
        assert -1 not in starts, (keys, row.text)


def test_an_agent_has_no_planning_and_is_told_so(tmp_path: Path) -> None:
    shell = Shell(a_day().desk, Terminal(), planning_path=tmp_path / "planning")
    assert "Planning" not in shown(shell).splitlines()[1]
    press(shell, "5")
    assert "Ce poste est inscrit comme agent" in shown(shell)
    assert not (tmp_path / "planning").exists()
    assert "Planning" not in shown(a_shell()[0]).splitlines()[1]


def test_a_faulty_folder_is_said_and_the_other_screens_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "vide"
    folder.mkdir()
    (folder / "notes.txt").write_text("rien")
    shell = Shell(a_coordinator_desk(), Terminal(), planning_path=folder)
    press(shell, "5")
    assert shell.screen_id == "tour"
    assert shell.message.text.strip()


def test_publishing_from_the_review_leaves_nothing_to_publish(tmp_path: Path) -> None:
    desk = a_coordinator_desk()
    folder = a_planning_folder(tmp_path / "creuse")
    shell = Shell(desk, Terminal(), planning_path=folder)
    press(shell, "5 x 1 1 p")
    assert "Relire avant de publier" in shown(shell)
    press(shell, "enter")
    assert "Révision 1 prête" in shell.message.text
    assert page_of(shell).planning.done == []
    press(shell, "p")
    assert "Rien à publier" in shell.message.text
    press(shell, "tab x 1 1 p enter")
    assert "attend déjà" in shell.message.text


def test_the_review_says_who_loses_and_gains(shell: Shell) -> None:
    page = page_of(shell)
    page.planning.published = page.planning.files
    press(shell, "x 1 1 n 2 p")
    text = shown(shell, 120, 40).replace("\N{NO-BREAK SPACE}", " ")
    assert "La Souterraine" in text
    assert "jeu. 26 nov. : annulé" in text
    assert "À prévenir : 1 mairie · La Souterraine" in text
    press(shell, "pagedown")
    assert "2 fichiers" in shown(shell, 120, 40)
    press(shell, "escape")
    assert shell.screen_id == "planning"


def test_the_real_terminal_draws_the_month_then_the_notices(tmp_path: Path) -> None:
    folder = a_planning_folder(tmp_path / "creuse")

    async def look() -> str:
        app = FsmobileApp(a_coordinator_desk(), no_network, planning_path=folder)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("5", "x", "1", "1")
            for _ in range(100):
                await pilot.pause()
            return await screen_text(pilot)

    text = asyncio.run(look())
    assert "▸26≠" in text
    assert "Contrôles · 3 avertissements" in text


def test_a_moved_passage_is_followed_by_the_cursor(shell: Shell) -> None:
    press(shell, "m 2 1")
    page = page_of(shell)
    moved = [
        one
        for one in passages(page.planning.tree, page.planned_day().day)
        if one.status is PlannedStatus.MOVED
    ]
    assert [one.stop_id for one in moved] == ["souterraine"]


def test_two_coordinators_settle_their_conflict_on_the_screen(tmp_path: Path) -> None:
    office = an_office(tmp_path)
    office.paul.edit('"09:30-12:00"\ntrajet = 25', '"10:00-12:00"\ntrajet = 25')
    office.paul.publish("marché")
    nadia = office.nadia
    nadia.laptop.sync()
    nadia.edit('"09:30-12:00"\ntrajet = 25', '"09:30-12:15"\ntrajet = 25')
    shell = Shell(nadia.laptop.desk, Terminal(), planning_path=nadia.folder)
    press(shell, "5 p enter")
    text = shown(shell, 120, 40)
    assert "sorties.mercredi.arrets.jarnages.ouvert" in text
    assert '"10:00-12:00"' in text
    press(shell, "i")
    assert "Tout est réglé" in shell.message.text
    press(shell, "enter")
    assert "Révision 3 prête" in shell.message.text


def test_a_stop_is_added_by_its_commune_without_leaving_the_keyboard(shell: Shell) -> None:
    before = folder_bytes(page_of(shell).planning.path)
    press(shell, "ctrl+n c h a m p a g n")
    assert "Champagnat : un lieu nouveau" in shown(shell)
    press(shell, "enter")
    assert "Champagnat — place de la mairie" in shown(shell)
    press(shell, "enter")
    for key in "16h30-17h":
        shell.press(key)
    press(shell, "enter 2")
    assert changed(shell, before) == {"lieux.toml", FIRST, "tournees/nord/2027-01-04.toml"}
    assert "Champagnat" in shown(shell)


def test_hours_of_a_passage_lost_to_a_holiday_wait_until_it_is_kept(shell: Shell) -> None:
    press(shell, "g")
    press(shell, " ".join("1/11/2027"))
    press(shell, "enter h")
    assert "f d'abord" in shell.message.text


def type_in(shell: Shell, text: str) -> int:
    """Type a text character by character; return how many keys it took."""
    for key in text:
        shell.press(key)
    return len(text)


def test_a_field_is_chosen_by_its_name_and_typed(shell: Shell) -> None:
    before = folder_bytes(page_of(shell).planning.path)
    press(shell, "z t r a j e t enter")
    assert "arrêt · minutes de trajet" in shown(shell)
    press(shell, "ctrl+u q u a r a n t e")
    assert "ne se comprend pas" in shown(shell)
    press(shell, "enter ctrl+u 5 0 enter")
    assert changed(shell, before) == {FIRST}
    assert "arrêt · minutes de trajet : 50" in shell.message.text


def test_a_field_has_the_name_that_people_give_it_and_tells_its_key(shell: Shell) -> None:
    press(shell, "z")
    assert "sortie · départ" in shown(shell)
    for key in "equip":
        shell.press(key)
    assert "sortie · équipage" in shown(shell)
    assert " · equipage" in shown(shell)


def test_a_tour_begins_from_nothing_at_the_keyboard(tmp_path: Path) -> None:
    folder = tmp_path / "neuf"
    folder.mkdir()
    example = a_planning_folder(tmp_path / "creuse")
    (folder / "structure.toml").write_bytes((example / "structure.toml").read_bytes())
    shell = Shell(a_coordinator_desk(), Terminal(), planning_path=folder)
    press(shell, "5 y enter")
    type_in(shell, "Nord")
    press(shell, "enter")
    type_in(shell, "mardi paires")
    press(shell, "enter")
    type_in(shell, "dun le pal")
    press(shell, "enter enter")
    type_in(shell, "9h30-12h")
    press(shell, "enter")
    assert (folder / "tournees/nord/2026-11-26.toml").is_file()
    press(shell, "right " * 12)
    page = page_of(shell)
    assert page.planned_day().day.isoformat() == "2026-12-08"
    assert page.line is not None
    press(shell, "ctrl+n")
    type_in(shell, "la celle dunoise")
    press(shell, "enter enter")
    type_in(shell, "13h30-16h15")
    press(shell, "enter 2")
    assert [x.passage.stop_id for x in page.planned_day().lines] == [
        "dun-le-palestel",
        "la-celle-dunoise",
    ]
    press(shell, "y 1")
    type_in(shell, "jeudi")
    press(shell, "enter")
    type_in(shell, "dun")
    press(shell, "1")
    type_in(shell, "14h-16h")
    press(shell, "enter 2")
    assert (folder / "tournees/nord/2026-11-26.toml").read_text().count("[sorties.") == 5


def test_a_pasted_text_goes_into_the_line_and_never_becomes_commands(shell: Shell) -> None:
    page = page_of(shell)
    before = folder_bytes(page.planning.path)
    shell.paste("x 1 1\nn 1")
    assert changed(shell, before) == set()
    press(shell, "e ctrl+u")
    shell.paste("mardi\n paires")
    assert "les mardis des semaines paires" in shown(shell)


def test_what_was_published_is_nothing_to_publish_any_more(tmp_path: Path) -> None:
    office = an_office(tmp_path)
    shell = Shell(office.nadia.laptop.desk, Terminal(), planning_path=office.nadia.folder)
    press(shell, "5")
    office.nadia.laptop.sync()
    press(shell, "1 5")
    assert "rien à publier" in shown(shell)
    press(shell, "x 1 1")
    assert "1 fichier changé" in shown(shell)
    press(shell, "p enter 1 5")
    assert "rien à publier" in shown(shell)
    office.nadia.laptop.sync()
    press(shell, "1 5")
    assert "rien à publier" in shown(shell)


def test_the_next_passages_are_those_of_the_exceptions_too(shell: Shell) -> None:
    press(shell, "left left")  # Tuesday 24 November: Dun, cancelled; that of 22 December is moved
    (row,) = [x for x in shown(shell, 120, 40).splitlines() if "Prochains" in x]
    told = row.partition("Prochains  ")[2].replace("\N{NO-BREAK SPACE}", " ")
    assert told.startswith("+ ven. 27 nov. · mar. 8, → mer. 23 déc. · mar. 5, 19 janv.")


def test_a_date_is_typed_without_its_year(shell: Shell) -> None:
    press(shell, "g 8 / 1 2")
    assert "mardi 8 décembre 2026" in shown(shell)
    press(shell, "enter")
    assert page_of(shell).planned_day().day.isoformat() == "2026-12-08"
    press(shell, "g 4 / 1 enter")
    assert page_of(shell).planned_day().day.isoformat() == "2027-01-04"
    press(shell, "g 2 9 / 2")
    assert "29 février 2028" in shown(shell)


def test_the_repair_of_a_stop_with_a_parity_of_its_own_shows_the_dates_of_both(
    tmp_path: Path,
) -> None:
    shell = a_planning_shell(tmp_path / "creuse")
    press(shell, "left")  # Wednesday 25 November
    page = page_of(shell)
    (page.planning.path / "tournees/nord/2027-01-04.toml").unlink()
    path = page.planning.path / FIRST
    text = path.read_text(encoding="utf-8")
    own = '[sorties.mercredi.arrets.jarnages]\nsemaines = "paires"'
    path.write_text(text.replace("[sorties.mercredi.arrets.jarnages]", own), encoding="utf-8")
    shell.tick()
    press(shell, "c")
    text = " ".join(shown(shell, 120, 40).replace("│", " ").split())
    assert "Cette parité : 9/12 · 16/12 · 6/1" not in text
    assert "Une semaine sur deux : " in text
    assert "cette sortie" not in text
    press(shell, "1")
    later = (page.planning.path / "tournees/nord/2027-01-04.toml").read_text(encoding="utf-8")
    assert 'semaines = "impaires"' in later


def test_faults_with_one_remedy_are_mended_from_the_list_of_checks_and_taken_back(
    tmp_path: Path,
) -> None:
    folder = a_planning_folder(tmp_path / "creuse")
    places = folder / "lieux.toml"
    clean = places.read_text(encoding="utf-8")
    broken = clean.replace('"Le Grand-Bourg"\n', '"Grand Bourg"\n').replace('foire"', 'foire "', 1)
    places.write_text(broken, encoding="utf-8")
    shell = Shell(a_coordinator_desk(), Terminal(), planning_path=folder)
    press(shell, "5")
    settle(shell)
    press(shell, "s")
    assert "réparer 2 fautes qui n'ont qu'un remède" in shown(shell, 120, 40)
    press(shell, "enter")
    assert places.read_text(encoding="utf-8") == clean
    press(shell, "u")
    assert places.read_text(encoding="utf-8") == broken


def test_a_check_that_its_row_cuts_is_said_whole_below_the_list(tmp_path: Path) -> None:
    shell = a_planning_shell(tmp_path / "creuse")
    press(shell, "s")
    _above, _chosen, *below = shown(shell).partition("▶ 1")
    cut_at = below[0].index("…")
    start = below[0][:cut_at].strip()
    said = " ".join(row.strip("│ ") for row in below[0][cut_at:].splitlines())
    assert start in said
    assert len(said[said.index(start) :].split("╰")[0]) > len(start) + 20


def test_a_check_has_its_row_to_itself_and_its_file_below_the_list(shell: Shell) -> None:
    press(shell, "s")
    rows = shown(shell).splitlines()
    listed = [row for row in rows if row.startswith(("│ ▶ 1", "│   2"))]
    assert len(listed) == 2
    assert all("tournees" not in row for row in listed)
    assert sum("tournees/" in row for row in rows) == 1


def test_a_check_calls_an_agent_by_the_name_that_this_laptop_knows(shell: Shell) -> None:
    press(shell, "f9 1 2 8 enter 1")
    settle(shell)
    text = shown(shell, 120, 40)
    assert "En congé ou en formation le" in text
    assert "agent-a" not in text


def test_the_column_of_the_weeks_is_named_in_both_languages(shell: Shell) -> None:
    assert "  s.  lu" in shown(shell)
    set_language("en")
    try:
        assert "  wk  Mo" in shown(shell)
    finally:
        set_language("fr")
