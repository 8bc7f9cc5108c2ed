"""Files changed in place: right values, the bytes of what did not change, every comment."""

import difflib
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.documents import is_same, with_value
from fsmobile.formats.toml_editing import edit_toml, format_toml_value, parse_toml_value
from fsmobile.formats.toml_pieces import cut_pieces
from fsmobile.protocol.merge import merge_trees

ROOT = Path(__file__).parents[2]
FILES = sorted(
    [*ROOT.glob("schedules/*/**/*.toml"), *ROOT.glob("tests/validation/exemple-creuse/**/*.toml")]
)
NORTH = next(file for file in FILES if file.match("nord/2026-09-01.toml"))
TEXT = NORTH.read_text(encoding="utf-8")


def changed_lines(before: str, after: str) -> list[str]:
    """Return the lines of a difference, with their sign."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [one for one in lines if one[:1] in "+-" and one[:3] not in ("+++", "---")]


def edited(*edits: tuple[str, object], text: str = TEXT) -> str:
    """Return a text with values set by their dotted key."""
    wanted: dict[str, Any] = tomllib.loads(text)
    for key, value in edits:
        wanted = with_value(wanted, tuple(key.split(".")), value)
    return edit_toml(text, wanted)


@pytest.mark.parametrize("file", FILES, ids=lambda file: "/".join(file.parts[-3:]))
def test_a_file_cut_into_pieces_keeps_every_byte(file: Path) -> None:
    text = file.read_bytes().decode()
    assert cut_pieces(text).text == text
    assert edit_toml(text, tomllib.loads(text)) == text


def test_one_changed_value_is_one_changed_line_and_keeps_its_comment() -> None:
    after = edited(("sorties.mardi-dun.semaines", "impaires"))
    beside = f"{' ' * 23}# semaines ISO, comme sur le calendrier des Postes"
    assert changed_lines(TEXT, after) == [
        f'-semaines = "paires"{beside}',
        f'+semaines = "impaires"{beside}',
    ]


def test_a_date_more_is_one_changed_line() -> None:
    dates = [date(2026, 11, 27), date(2026, 12, 4), date(2026, 12, 11)]
    after = edited(("sorties.gouzon.dates", dates))
    assert changed_lines(TEXT, after) == [
        "-dates  = [2026-11-27, 2026-12-11]",
        "+dates  = [2026-11-27, 2026-12-04, 2026-12-11]",
    ]


def test_a_date_more_in_a_column_of_dates_is_one_more_line() -> None:
    text = "dates = [\n  2026-11-27, # foire\n  2026-12-11,\n]\n"
    after = edit_toml(text, {"dates": [date(2026, 11, 27), date(2026, 12, 4), date(2026, 12, 11)]})
    assert changed_lines(text, after) == ["+  2026-12-04,"]


def test_a_deleted_run_takes_its_lines_and_nothing_else() -> None:
    after = edited(("sorties.gouzon", None))
    assert all(one.startswith("-") for one in changed_lines(TEXT, after))
    assert len(changed_lines(TEXT, after)) == 10
    assert "gouzon" not in after
    assert not after.endswith("\n\n")


def test_a_new_stop_stands_where_it_stands_in_the_other_text_with_its_comment() -> None:
    stop = (
        '[sorties.mardi-dun.arrets.bonnat]         # essai\nlieu   = "bonnat"\n'
        'ouvert = "16:30-16:45"\ntrajet = 10\n\n'
    )
    theirs = TEXT.replace("[sorties.mardi-bonnat]\n", f"{stop}[sorties.mardi-bonnat]\n", 1)
    mine = TEXT.replace("trajet = 15                  ", "trajet = 20                  ")
    merge = merge_trees(
        {"f": tomllib.loads(TEXT)}, {"f": tomllib.loads(mine)}, {"f": tomllib.loads(theirs)}
    )
    merged = edit_toml(mine, merge.values["f"], theirs)
    assert merged == theirs.replace(
        "trajet = 15                  ", "trajet = 20                  "
    )


def test_runs_added_by_both_after_the_same_run_do_not_cut_each_other() -> None:
    base = "[s.a]\nx = 1\n\n[s.a.arrets.p]\ny = 1\n"
    mine = base + "\n[s.a.arrets.q]\ny = 2\n"
    theirs = base + "\n# le vendredi\n[s.b]\nx = 2\n\n[s.b.arrets.r]\ny = 3\n"
    merged = edit_toml(
        mine,
        {
            **tomllib.loads(mine),
            "s": {**tomllib.loads(mine)["s"], "b": tomllib.loads(theirs)["s"]["b"]},
        },
        theirs,
    )
    assert merged == mine + theirs.removeprefix(base)


def test_a_new_key_follows_the_key_it_follows_in_the_other_text() -> None:
    mine = 'format = "surcharge/1"\naction = "annule"\nmotif  = "panne"\n'
    theirs = 'format = "surcharge/1"\naction = "annule"\n# lu à la radio\navis   = "Rien."\n'
    merged = edit_toml(mine, {**tomllib.loads(mine), "avis": "Rien."}, theirs)
    assert merged == (
        'format = "surcharge/1"\naction = "annule"\n# lu à la radio\navis   = "Rien."\n'
        'motif  = "panne"\n'
    )


def test_the_comment_that_heads_a_file_outlives_its_first_key() -> None:
    assert edit_toml("# La tournée.\na = 1\nb = 2\n", {"b": 2}) == "# La tournée.\nb = 2\n"


def test_a_comment_goes_with_what_it_speaks_of_unless_the_other_text_kept_it() -> None:
    mine = "a = 1\n# de b\nb = 2\nc = 3\n"
    assert edit_toml(mine, {"a": 1, "c": 3}, "a = 1\nc = 3\n") == "a = 1\nc = 3\n"
    kept = "a = 1\n# de b\nc = 3\n"
    assert edit_toml(mine, {"a": 1, "c": 3}, kept) == kept


def test_a_settled_value_that_neither_text_has_is_written_in_its_table() -> None:
    after = edited(("sorties.lundi.vacances", "sans"))
    assert changed_lines(TEXT, after) == ['+vacances = "sans"']
    after = edited(("sorties.samedi.jours", "samedi"))
    assert changed_lines(TEXT, after) == ["+", "+[sorties.samedi]", '+jours = "samedi"']


@pytest.mark.parametrize(
    "value", ["09:30-12:00", 'a "b" \\', 7, 1.5, True, date(2026, 11, 24), [1, 3], {"longueur": 2}]
)
def test_a_value_written_is_a_value_read(value: object) -> None:
    assert is_same(parse_toml_value(format_toml_value(value)), value)


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "value"), ("09:30-12:00", "newline"), ("1\nother = 2", "other"), ("[" * 20_000, r"\[\[")],
)
def test_what_is_no_value_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_toml_value(text)


KEYS = st.sampled_from(["a", "b", "c", "d e", "arrets"])
VALUES = st.recursive(
    st.one_of(
        st.integers(-3, 3),
        st.booleans(),
        st.text(max_size=4),
        st.lists(st.one_of(st.integers(0, 5), st.dates()), max_size=3),
        st.dates(),
    ),
    lambda inner: st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=10,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=4)


def commented(values: dict[str, Any], word: str) -> str:
    """A text with those values and a comment above and beside each statement."""
    return "".join(
        f"# {word} {rank}\n{line}\n" if line.startswith("[") else f"{line}\n"
        for rank, line in enumerate(tomlkit.dumps(values).split("\n"))
    )


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_whatever_is_wanted_is_what_the_edited_text_says(
    mine: dict[str, Any], theirs: dict[str, Any], base: dict[str, Any]
) -> None:
    wanted = merge_trees({"f": base}, {"f": mine}, {"f": theirs}).values["f"]
    assert isinstance(wanted, dict)
    after = edit_toml(commented(mine, "mine"), wanted, commented(theirs, "theirs"))
    assert is_same(tomllib.loads(after), wanted)


@given(DOCUMENTS)
def test_any_text_cut_into_pieces_keeps_every_byte(values: dict[str, Any]) -> None:
    text = commented(values, "mine")
    assert cut_pieces(text).text == text
