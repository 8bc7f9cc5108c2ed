"""`format`: canonical order and alignment; no value and no comment is lost."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsmobile.core.documents import is_same
from fsmobile.formats.canonical_layout import format_layout
from fsmobile.formats.schedule_writing import format_document

ROOT = Path(__file__).parents[2]
FILES = sorted(
    [
        *ROOT.glob("schedules/*/**/*.toml"),
        *ROOT.glob("tests/validation/exemple-creuse/**/*.toml"),
        *ROOT.glob("tests/formats/data/exemple-23/**/*.toml"),
    ]
)
TEXTS = {"/".join(path.parts[-4:]): path.read_bytes().decode() for path in FILES}
COMMENT = re.compile(r"#[^\n]*")


def comments(text: str) -> list[str]:
    return sorted(COMMENT.findall(text))


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_keeps_its_values_and_its_comments(name: str) -> None:
    text = TEXTS[name]
    laid_out = format_layout(text)
    assert laid_out is not None
    assert is_same(tomllib.loads(laid_out), tomllib.loads(text))
    assert comments(laid_out) == comments(text)
    assert format_layout(laid_out) == laid_out
    assert "\n\n\n" not in laid_out
    assert laid_out.endswith("\n")
    assert not laid_out.endswith("\n\n")


@pytest.mark.parametrize("name", TEXTS)
def test_what_the_editor_writes_is_canonical_in_each_table(name: str) -> None:
    written = format_document(tomllib.loads(TEXTS[name]))
    laid_out = format_layout(written)
    assert laid_out is not None
    assert sorted(laid_out.splitlines()) == sorted(written.splitlines())


def test_keys_runs_and_stops_come_in_their_order_with_their_comments() -> None:
    text = """\ufeff# Tournée Nord\r
format = "tournee/1"

tournee="nord"
# Depuis la rentrée.
effet = 2026-09-01


nom = "Nord"    # lu par le public


[sorties.mardi.arrets.soir]
ouvert = "14:00-16:00"
lieu = "b"
# Le marché gêne.
[sorties.mardi.arrets.matin-tot]
lieu = "a"
ouvert = "09:00-12:00"
[sorties.mardi]
arrets.x.lieu = "c"
jours = "mardi"
# Le lundi d'abord.
[sorties.lundi]
jours = "lundi"
# Fin."""
    assert (
        format_layout(text)
        == """# Tournée Nord
format  = "tournee/1"
tournee = "nord"
nom     = "Nord" # lu par le public
# Depuis la rentrée.
effet   = 2026-09-01

# Le lundi d'abord.
[sorties.lundi]
jours = "lundi"

[sorties.mardi]
jours         = "mardi"
arrets.x.lieu = "c"

# Le marché gêne.
[sorties.mardi.arrets.matin-tot]
lieu   = "a"
ouvert = "09:00-12:00"

[sorties.mardi.arrets.soir]
lieu   = "b"
ouvert = "14:00-16:00"

# Fin.
"""
    )


def test_a_file_that_cannot_be_read_is_left() -> None:
    assert format_layout("a = = 1") is None


LINE = st.sampled_from(
    ['jours = "mardi"', 'lieu = "a"', "trajet = 5", "# un mot", "", "  ", "[sorties.a]",
     "[sorties.b.arrets.c]", 'ouvert = "09:00-10:00"  # tôt', "effet = 2026-01-01", "[[x]]",
     'x = """', "[lieux.d]", "nom = [\n  1, # un\n  2\n]"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(LINE, max_size=14))
def test_any_lines_keep_what_they_say(lines: list[str]) -> None:
    text = "\n".join(lines)
    laid_out = format_layout(text)
    if laid_out is not None:
        assert is_same(tomllib.loads(laid_out), tomllib.loads(text))
        assert comments(laid_out) == comments(text)
        assert format_layout(laid_out) == laid_out
