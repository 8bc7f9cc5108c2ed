"""No page of ours leaves a French sign at the beginning of a row, nor touches its own style."""

import re

import pytest

from fsmobile.formats import html_tables, notice_html
from fsmobile.formats.tables import Table
from fsmobile.texts import check_report, paper
from fsmobile.texts.line_breaks import hold_signs, split_words
from fsmobile.usecases.exported_files import Form, write_tables

PROVEN = "« formations » : « Où ? Ici ! » ; puis rien"
BREAKABLE = re.compile(r"« | [»:;?!](?:\W|$)")


@pytest.mark.parametrize("text", [PROVEN, "fin !", "<td>Ouverture :</td>", "« a »", "à 9 h : b"])
def test_a_sign_stays_with_its_word_in_a_page(text: str) -> None:
    held = hold_signs(text)
    assert not BREAKABLE.search(held)
    assert held.replace("\xa0", " ") == text
    assert hold_signs(held) == held


@pytest.mark.parametrize("text", ["a:b", ":root", "x !important", "a ;b", "https://x ?a=1"])
def test_what_is_no_french_sign_is_left_alone(text: str) -> None:
    assert hold_signs(text) == text


@pytest.mark.parametrize(
    "style", [html_tables._STYLE, notice_html.STYLE, paper._STYLE, check_report._STYLE]
)
def test_the_style_of_a_page_is_left_as_it_is(style: str) -> None:
    assert hold_signs(style) == style


def test_the_pages_of_sheets_and_papers_hold_their_signs() -> None:
    sheet = Table(name=PROVEN, notes=(PROVEN,), header=(PROVEN,), rows=((PROVEN,),))
    stop = paper.PaperStop(hours="9:00-12:00", place=PROVEN, details=(PROVEN,), todo=(PROVEN,))
    pages = (
        write_tables(PROVEN, PROVEN, [sheet], Form.HTML).decode(),
        paper.next_time_page(title=PROVEN, stops=[stop]),
    )
    for page in pages:
        assert page.count("«\xa0formations\xa0»\xa0:") > 2
        assert not BREAKABLE.search(page)


def test_a_row_of_the_screen_ends_where_a_page_may() -> None:
    assert split_words(PROVEN) == hold_signs(PROVEN).replace(" ", "\n").replace("\xa0", " ").split(
        "\n"
    )
