"""The editor's writer: files unchanged byte for byte, one changed field one changed line."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import unified_diff
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.documents import KeyPath, Value, is_same, value_at, with_value
from fsmobile.formats.schedule_writing import edit_document, format_document

ROOT = Path(__file__).parents[2]
FILES = sorted(
    [
        *ROOT.glob("schedules/*/**/*.toml"),
        *ROOT.glob("tests/validation/exemple-creuse/**/*.toml"),
        *ROOT.glob("tests/formats/data/exemple-23/**/*.toml"),
    ]
)
TEXTS = {"/".join(path.parts[-4:]): path.read_bytes().decode() for path in FILES}


def leaves(table: Mapping[str, Value], path: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield the path of every value that is no table."""
    for key, value in table.items():
        if isinstance(value, Mapping) and key != "cycle":
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key)


def changed(before: str, after: str) -> list[str]:
    diff = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [one for one in diff if one[:1] in "+-" and one[:3] not in ("+++", "---")]


def other_value(value: Value) -> Value:
    """Return another value of the same type."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case date():
            return date.fromordinal(value.toordinal() + 1)
        case str():
            return value + " bis"
        case list():
            return [*value, value[-1]] if not value else value[:-1] or ["autre"]
        case Mapping():
            return {**value, "longueur": 9}
    raise AssertionError(value)


LEAVES = [(name, path) for name, text in TEXTS.items() for path in leaves(tomllib.loads(text))]


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_through_the_writer_is_unchanged_byte_for_byte(name: str) -> None:
    text = TEXTS[name]
    assert edit_document(text, tomllib.loads(text)) == text


@given(st.sampled_from(LEAVES))
def test_one_changed_field_is_one_changed_line(leaf: tuple[str, KeyPath]) -> None:
    name, path = leaf
    text = TEXTS[name]
    table = tomllib.loads(text)
    value = value_at(table, path)
    wanted = with_value(table, path, ["autre"] if value == [] else other_value(value))
    after = edit_document(text, wanted)
    assert is_same(tomllib.loads(after), wanted)
    lines = changed(text, after)
    assert [line[0] for line in lines] == ["-", "+"]
    before_comment, after_comment = (line.partition("#")[2] for line in lines)
    assert before_comment == after_comment


@given(st.sampled_from(LEAVES))
def test_a_field_taken_out_is_one_line_less(leaf: tuple[str, KeyPath]) -> None:
    name, path = leaf
    text = TEXTS[name]
    after = edit_document(text, with_value(tomllib.loads(text), path, None))
    lines = [line for line in changed(text, after) if not line[1:].lstrip().startswith("#")]
    assert [line[0] for line in lines] == ["-"]


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_written_anew_says_the_same(name: str) -> None:
    table = tomllib.loads(TEXTS[name])
    text = format_document(table)
    assert is_same(tomllib.loads(text), table)
    assert text.endswith("\n")
    assert "\n\n\n" not in text
    assert edit_document(text, table) == text


def test_a_new_run_and_a_new_stop_go_to_their_canonical_place() -> None:
    name = next(one for one in TEXTS if one.endswith("nord/2026-09-01.toml"))
    table = tomllib.loads(TEXTS[name])
    run = {"jours": "mercredi", "arrets": {"gouzon": {"lieu": "gouzon", "ouvert": "14:00-16:00"}}}
    wanted = with_value(table, ("sorties", "mercredi-soir"), run)
    early = {"lieu": "bonnat", "ouvert": "08:00-09:00"}
    wanted = with_value(wanted, ("sorties", "jeudi", "arrets", "bonnat"), early)
    after = edit_document(TEXTS[name], wanted)
    headers = [line for line in after.splitlines() if line.startswith("[")]
    assert headers.index("[sorties.mercredi-soir]") == headers.index("[sorties.jeudi]") - 2
    thursday = headers.index("[sorties.jeudi]")
    assert headers[thursday + 1] == "[sorties.jeudi.arrets.bonnat]"
    assert all(line[0] == "+" for line in changed(TEXTS[name], after))
