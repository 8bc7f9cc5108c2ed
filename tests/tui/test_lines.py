"""Lines: cells counted, hostile text drawn visibly, never obeyed, never lost."""

from hypothesis import example, given
from hypothesis import strategies as st

from fsmobile.tui.lines import (
    ASCII,
    Line,
    Role,
    Span,
    beside,
    boxed,
    cells,
    cut,
    fit,
    laid_over,
    line,
    pad,
    plain_glyphs,
    rule,
    select,
    spread,
    visible,
    wrap_text,
)

TEXTS = st.text(max_size=60)


def test_what_a_terminal_obeys_is_drawn() -> None:
    assert visible("a\x1b[31mb") == "a␛[31mb"
    assert visible("x\u202ey") == "x‹202E›y"
    assert visible("tab\tnl\n") == "tab␉nl␊"
    assert visible("\x7f\x9b") == "␡‹009B›"
    assert visible("ndr: [x] fait [/ [@click=app.quit]x") == "ndr: [x] fait [/ [@click=app.quit]x"


@given(TEXTS)
def test_no_text_reaches_the_terminal_with_a_control_character(text: str) -> None:
    shown = line(text).text
    assert all(char.isprintable() or char in " \u202f\u00a0" for char in shown) or all(
        ord(char) > 0x9F for char in shown if not char.isprintable()
    )
    assert "\x1b" not in shown
    assert "\u202e" not in shown


@given(TEXTS, st.integers(min_value=1, max_value=90))
@example("é" * 50, 10)
@example("漢字漢字", 3)
def test_a_line_takes_exactly_the_cells_it_is_given(text: str, width: int) -> None:
    row = line(("▶ ", Role.KEY), text, (text, Role.DIM))
    assert cells(fit(row, width).text) == width
    assert cells(select(row, width).text) == width
    assert cells(pad(text, width)) == width
    assert cells(cut(visible(text), width)) <= width
    assert cells(rule(width + 10, text).text) == width + 10
    assert cells(spread(row, line("fin"), width + 5).text) == width + 5


@given(st.lists(TEXTS, max_size=5), st.lists(TEXTS, max_size=5))
def test_columns_and_boxes_keep_their_width(left: list[str], right: list[str]) -> None:
    rows = beside([line(text) for text in left], [line(text) for text in right], 80, 40)
    assert {cells(row.text) for row in rows} <= {80}
    box = boxed([line(text) for text in left], 60, line("Titre"), line("fin"))
    assert {cells(row.text) for row in box} == {60}


def test_a_cut_line_says_so_but_blanks_go_silently() -> None:
    assert fit(line("abcdef"), 4).text == "abc…"
    assert fit(line("abc", "    "), 4).text == "abc "


def test_old_consoles_get_one_plain_sign_for_each() -> None:
    assert all(cells(chr(code)) == cells(sign) == 1 for code, sign in ASCII.items())
    assert plain_glyphs(Line((Span("▶ ✓ ─│"),))).text == "> v -|"


def test_a_box_leaves_the_sections_that_it_does_not_cover() -> None:
    below = [line("titre"), line("1"), line("2"), line("3"), rule(9, "Suite"), line("4")]
    box = [line("┌──┐"), line("└──┘")]
    shown = [row.text for row in laid_over(box, below)]
    assert shown == ["titre", "┌──┐", "└──┘", "", "─ Suite ─", "4"]
    assert [row.text for row in laid_over(box, below[:2])] == ["titre", "┌──┐", "└──┘"]


def test_a_box_over_two_columns_leaves_the_section_that_begins_in_one_of_them() -> None:
    right = [rule(9, "Jour"), line("1"), line("2"), rule(9, "Suite"), line("3")]
    below = beside([line("gauche")] * 5, right, 20, 10)
    shown = [row.text for row in laid_over([line("┌┐")], below)]
    assert shown[2:] == ["", *(row.text for row in below[3:])]


def test_no_row_begins_with_a_sign_that_closes_nor_ends_with_one_that_opens() -> None:
    text = "entre les passages de « Place du Champ » : que faire ? rien"
    for width in range(12, 60):
        rows = wrap_text(text, width)
        assert not any(row.startswith(("»", ":", "?")) for row in rows), rows
        assert not any(row.endswith("«") for row in rows), rows
        assert " ".join(rows) == text
