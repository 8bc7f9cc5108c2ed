"""Recherche and Bilans: found while typing, opened, counted, and from a figure to its list."""

from datetime import timedelta

from fsmobile.core.follow_ups import FollowUp, NamedPart
from fsmobile.core.period_reports import figures_of
from fsmobile.core.periods import PeriodKind, period_of
from fsmobile.texts.definitions import figure_name
from fsmobile.tui.screens.report import SHOWN
from fsmobile.tui.search_filters import list_filters
from fsmobile.tui.views.report import FIGURES
from fsmobile.usecases.follow_ups import open_follow_up
from fsmobile.usecases.reports import break_down, list_behind, make_report
from fsmobile.usecases.search import read_query
from fsmobile.usecases.visits import correct_visit, list_visits, record_visit
from tests.tui.day_samples import a_day, a_shell, press, shown
from tests.worlds import a_visit

VISITS = "a n r e t enter r enter n c a f enter p enter"


def test_a_visit_is_found_while_typing_and_opened() -> None:
    shell, _terminal = a_shell()
    press(shell, f"{VISITS} 4")
    assert "2 résultats" in shown(shell)
    press(shell, "r e t")
    assert "1 résultat " in shown(shell)
    press(shell, "enter")
    assert "Retraite · dossier" in shown(shell)
    press(shell, "escape escape")
    assert shell.screen_id == "tour"


def test_every_character_is_for_the_query_and_what_is_not_understood_is_said() -> None:
    shell, _terminal = a_shell()
    press(shell, "4 1 u q x : y")
    assert "1uqx:y▏" in shown(shell)
    assert "Pas compris : 1uqx:y" in shown(shell)
    press(shell, "ctrl+u")
    assert "Rien n'est encore enregistré" in shown(shell)


def test_a_question_mark_is_of_the_query_after_a_colon_only() -> None:
    shell, _terminal = a_shell()
    press(shell, f"{VISITS} 4 l i e u : ?")
    assert "lieu:?▏" in shown(shell)
    press(shell, "?")
    assert shell.page.where.value == "help"


def test_a_long_list_is_read_by_pages() -> None:
    laptop = a_day()
    for number in range(450):
        day = a_visit().service_date
        record_visit(laptop.desk, a_visit(note=f"fiche {number}", service_date=day))
    shell, _terminal = a_shell(laptop)
    press(shell, "4 f i c h e")
    assert "60+ résultats" in shown(shell)
    press(shell, "end " * 8)
    assert "lignes 4" in shown(shell)
    assert "sur 450 " in shown(shell)


def test_notes_are_hidden_while_people_may_look_at_the_screen() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, VISITS)
    visit_id = list_visits(laptop.desk)[0].state.visit_id
    correct_visit(laptop.desk, visit_id, {"note": "secret bien gardé"})
    press(shell, "4 s e c r e t")
    assert "bien gardé" not in shown(shell)
    assert "note cachée (Échap, puis * la montre)" in shown(shell)
    press(shell, "escape *")
    press(shell, "4")
    assert "bien gardé" in shown(shell)


def test_the_person_of_a_promise_is_found_and_shown_to_who_sees_notes_only() -> None:
    laptop = a_day()
    desk, today = laptop.desk, laptop.desk.today()
    desk.keeps_names = True
    named = NamedPart(
        name="Mme Lemaire",
        consented_on=today,
        consent_text="suite-1",
        erase_on=today + timedelta(days=300),
    )
    open_follow_up(desk, FollowUp(opened_on=today, task="rappeler la CAF", due=today), named)
    shell, _terminal = a_shell(laptop)
    press(shell, "* 4 l e m a i")
    assert "Mme Lemaire" in shown(shell)
    press(shell, "enter")
    assert "elle est dans 2 Suites" in shown(shell)
    press(shell, "escape * 4")
    assert "rappeler la CAF" in shown(shell)
    assert "Lemaire" not in shown(shell)


def test_a_period_is_counted_and_each_figure_opens_its_list() -> None:
    shell, _terminal = a_shell()
    press(shell, f"{VISITS} 7")
    assert "novembre 2026 · 2 visites" in shown(shell)
    press(shell, "m")
    assert "─ 2026 · 2 visites" in shown(shell)
    press(shell, "left")
    assert "─ 2025 · 0 visite " in shown(shell)
    press(shell, "right enter")
    assert shell.screen_id == "search"
    assert "1 résultat " in shown(shell)
    press(shell, "escape 7 v")
    assert "par arrêt (visites)" in shown(shell)


def test_a_visit_recorded_after_the_report_is_in_the_next_look() -> None:
    shell, _terminal = a_shell()
    press(shell, f"7 1 {VISITS} 7")
    assert "2 visites" in shown(shell)
    press(shell, "1 u 7")
    assert "1 visite" in shown(shell)


def test_every_line_of_every_dimension_opens_a_list_as_long_as_its_count() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, f"{VISITS} n r e t enter r enter u 7")
    opened = 0
    for turn in range(len(SHOWN)):
        press(shell, "v" if turn else "")
        rows = break_down(
            laptop.desk,
            make_report(laptop.desk, period_of(PeriodKind.MONTH, laptop.desk.today())),
            SHOWN[turn],
        )
        for number, row in enumerate(rows):
            press(shell, f"{'up ' * len(rows)} {'down ' * number} enter")
            assert shell.screen_id == "search", (SHOWN[turn], row)
            count = row.count.enquiries or row.count.visits
            assert f" {count} résultat" in shown(shell), (SHOWN[turn], row, shown(shell))
            press(shell, "escape 7")
            opened += 1
    assert opened > len(SHOWN)


def test_every_figure_opens_a_list_as_long_as_what_it_counts() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, f"{VISITS} 7")
    for number, code in enumerate(FIGURES):
        month = period_of(PeriodKind.MONTH, laptop.desk.today())
        figures = figures_of(make_report(laptop.desk, month))
        press(shell, f"tab {'down ' * number} enter")
        if shell.screen_id == "search":
            of_all = code in ("people", "enquiries", "minutes", "minutes_median", "minutes_p90")
            count = figures["visits" if of_all else code]
            assert f" {count} résultat" in shown(shell), (code, shown(shell))
            press(shell, "escape 7")
        else:
            name = figure_name(code).replace(" (minutes)", "")
            assert f"─ {name} · novembre 2026 · " in shown(shell)
            count = len(list_behind(laptop.desk, make_report(laptop.desk, month), code))
            assert f" {count} ligne" in shown(shell), (code, shown(shell))
            press(shell, "escape")
            assert shell.screen_id == "report"
        press(shell, f"{'up ' * number} tab")


def test_a_passage_of_a_list_opens_its_visits() -> None:
    shell, _terminal = a_shell()
    press(shell, f"{VISITS} 7 tab {'down ' * FIGURES.index('done')} enter")
    assert "passages réalisés · novembre 2026 · 1" in shown(shell)
    press(shell, "enter")
    assert shell.screen_id == "search"
    assert "2 résultats" in shown(shell)
    press(shell, "escape")
    assert "passages réalisés · novembre 2026 · 1" in shown(shell)
    press(shell, "escape")
    assert "porte ouverte, ou visite enregistrée" in shown(shell)
    press(shell, "4 escape")
    assert shell.screen_id == "tour"


def test_a_filter_is_picked_from_a_list_and_the_history_of_a_place_is_one_key() -> None:
    shell, _terminal = a_shell()
    press(shell, f"{VISITS} 4 r e t f4 s u i v r e enter")
    assert "ret issue:à-suivre ▏" in shown(shell)
    assert "0 résultat" in shown(shell)
    press(shell, "ctrl+u f4 r e t r a i t e enter")
    assert "démarche:retraite-dossier ▏" in shown(shell)
    assert "1 résultat " in shown(shell)
    press(shell, "f6")
    assert "lieu:semaine-paire/" in shown(shell)
    assert "2 résultats" in shown(shell)


def test_every_filter_of_the_list_is_understood() -> None:
    laptop = a_day()
    for choice in list_filters(laptop.desk):
        query = read_query(choice.code)
        assert not query.unknown, choice
        assert query != read_query(""), choice


def test_the_stops_are_reviewed_by_one_key_and_left_by_the_same() -> None:
    shell, _terminal = a_shell()
    press(shell, f"{VISITS} 7 r")
    assert "Revue des arrêts" in shown(shell)
    assert "trop peu de passages" in shown(shell)
    first = shown(shell)
    press(shell, "down")
    assert shown(shell) != first
    press(shell, "r")
    assert "Revue des arrêts" not in shown(shell)


def test_a_difference_of_hours_is_told_in_hours_and_a_quarter_by_its_name() -> None:
    laptop = a_day()
    today = laptop.desk.today()
    for number, minutes in enumerate((10, 50)):
        day = today.replace(year=today.year - number)
        record_visit(laptop.desk, a_visit(service_date=day, minutes=minutes))
    shell, _terminal = a_shell(laptop)
    press(shell, "7 m")
    assert "1er trim." in shown(shell)
    assert "10 min (-40 min)" in " ".join(shown(shell).replace("\xa0", " ").split())
