"""Files that no coordinator writes on purpose: a problem each, never an exception."""

import tomllib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.holidays import SchoolCalendar
from fsmobile.errors import Severity
from fsmobile.formats.schedule_toml import ScheduleReading, read_schedule
from fsmobile.formats.toml_files import FILE_CHARACTERS_MAX
from fsmobile.formats.toml_positions import locate_keys
from fsmobile.texts.toml_sentences import explain_toml
from tests.formats.schedule_files import TOUR, override_file, schedule_files

VERSION = "tournees/nord/2026-09-01.toml"


def reading_of(content: str | bytes, path: str = VERSION) -> ScheduleReading:
    return read_schedule({**schedule_files(), path: content})


HOSTILE: dict[str, tuple[str | bytes, str, int | None]] = {
    "not UTF-8": (TOUR.replace("Nord", "Été").encode("latin-1"), "file_unreadable", 4),
    "UTF-16": (TOUR.encode("utf-16"), "file_unreadable", 1),
    "binary": (bytes(range(256)), "file_unreadable", None),
    "NUL": (TOUR.replace("Nord", "No\0rd"), "file_unreadable", 4),
    "nested": ("x = " + "[" * 9000, "file_unreadable", None),
    "nested and closed": ("x = " + "[" * 3000 + "]" * 3000, "file_unreadable", None),
    "nested tables": ("x = " + "{a=" * 2500 + "1" + "}" * 2500, "file_unreadable", None),
    "deep key": (".".join(["a"] * 3000) + " = 1", "file_unreadable", 1),
    "digits": ("x = " + "9" * 9000, "file_unreadable", None),
    "long line": (f'x = "{"y" * 200_000}"', "file_unreadable", 1),
    "huge": ("# x\n" * (FILE_CHARACTERS_MAX // 4 + 1), "file_unreadable", None),
    "merge": (
        TOUR + "<<<<<<< moi\nfin = 2026-12-01\n=======\n>>>>>>> toi\n",
        "merge_markers_left",
        26,
    ),
    "same key twice": (TOUR.replace("nom      =", 'nom = "x"\nnom ='), "duplicate_identifier", 5),
    "same table twice": (TOUR + "[sorties.mardi]\n", "duplicate_identifier", 26),
    "cut": (TOUR[:-3], "file_unreadable", 25),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_one_problem_at_its_line(name: str) -> None:
    content, code, line = HOSTILE[name]
    errors = [one for one in reading_of(content).problems if one.severity is Severity.ERROR]
    assert {one.code for one in errors} == {code}
    assert errors[0].file == VERSION
    if line is not None:
        assert errors[0].line == line


def test_each_hostile_file_is_told_in_words() -> None:
    for name, (content, code, _) in HOSTILE.items():
        for problem in reading_of(content).problems:
            if problem.code == code == "file_unreadable":
                said = str(problem.params["value"])
                assert explain_toml(said) != said, name


def test_a_list_of_thousands_of_dates_stays_on_its_line() -> None:
    days = ", ".join(str(date.fromordinal(738_000 + rank)) for rank in range(3_000))
    reading = reading_of(TOUR.replace("jours", f"dates = [{days}]\njours", 1))
    assert not reading.has_errors


@pytest.mark.parametrize(
    "value",
    [
        "1",
        "-1.5",
        "nan",
        "true",
        '""',
        '"\\u0000"',
        "[]",
        "[[]]",
        "{}",
        "{a = 1}",
        "2026-01-01",
        "2026-01-01T10:00:00Z",
        "10:00:00",
        '["x", 1, [], {}]',
        "123456789012345678901234567890",
    ],
)
def test_any_value_at_any_key_is_a_problem_at_worst(value: str) -> None:
    for path, text in schedule_files(
        override_file("2026-11-24-nord-dun", 'action = "deplace"\nvers = 2026-11-25'),
        {"calendriers/vacances.toml": 'format="vacances/1"\nhorizon = 2027-01-01\nA = 1'},
        {"calendriers/fermetures.toml": 'format="fermetures/1"\nfermetures = 1'},
        {"acquittements.toml": 'format="acquittements/1"\nacquittements = 1'},
    ).items():
        lines = text.splitlines()
        for number, line in enumerate(lines):
            key, equals, _ = line.partition("=")
            if not equals:
                continue
            changed = [*lines[:number], f"{key}= {value}", *lines[number + 1 :]]
            reading = reading_of("\n".join(changed), path)
            if reading.tree is not None:
                expand_agenda(
                    reading.tree,
                    date(2026, 11, 1),
                    date(2026, 12, 31),
                    bundled=SchoolCalendar(),
                )


WORDS = ["sorties", "mardi", "arrets", "dun", "lieu", "ouvert", "cycle", "rang", "jours", "x"]
values = st.recursive(
    st.sampled_from(['"mardi"', "1", "2026-01-01", "true", '"09:00-10:00"', '"""a\nb"""', "'c'"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(
            st.tuples(st.sampled_from(WORDS), inner), max_size=2, unique_by=lambda p: p[0]
        ).map(lambda pairs: "{" + ", ".join(f"{key} = {value}" for key, value in pairs) + "}")
    ),
    max_leaves=6,
)
keys = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(".".join)
headers = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(
    lambda words: f"[{'.'.join(words)}]"
)
documents = st.lists(
    st.one_of(headers, st.builds(lambda key, value: f"{key} = {value} # fin", keys, values)),
    max_size=8,
).map("\n".join)


@given(document=documents)
@settings(max_examples=400, deadline=None)
def test_any_document_is_read_without_an_exception(document: str) -> None:
    reading = reading_of('format = "tournee/1"\n' + document)
    assert all(one.file for one in reading.problems)


@given(content=st.binary(max_size=200) | st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_at_any_path_are_read_without_an_exception(content: bytes | str) -> None:
    for path in (
        "structure.toml",
        "lieux.toml",
        VERSION,
        "surcharges/2026/2026-11-24-nord-dun.toml",
    ):
        reading_of(content, path)


@given(path=st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_path_is_read_without_an_exception(path: str) -> None:
    read_schedule(
        {
            **schedule_files(),
            path: "x",
            f"tournees/{path}.toml": TOUR,
            f"surcharges/{path}.toml": "",
            f"surcharges/2026/{path}.toml": "",
        }
    )


@given(document=documents)
@settings(max_examples=400, deadline=None)
def test_each_value_is_located_where_it_is_written(document: str) -> None:
    try:
        data = tomllib.loads(document)
    except tomllib.TOMLDecodeError:
        return
    positions = locate_keys(document)
    lines = document.split("\n")
    for path, inside in positions.values.items():
        for key, (line, column) in inside.items():
            value = at_path(data, (*path, key))
            written = lines[line - 1][column - 1 :]
            assert written.startswith(FIRST_CHARACTERS[type(value)]), (path, key)


FIRST_CHARACTERS: dict[type, tuple[str, ...]] = {
    str: ('"', "'"),
    int: ("1",),
    bool: ("true",),
    date: ("2026",),
    list: ("[",),
    dict: ("{",),
}


def at_path(data: object, path: tuple[str, ...]) -> object:
    for key in path:
        data = data[int(key)] if isinstance(data, list) else data[key]
    return data


def test_quoted_keys_comments_and_arrays_over_lines_are_located() -> None:
    text = 'a = [ # x ]\n  1,\n  "]", # y\n]\n["b c"."d\\u0041"]\n\'e.f\' = 2\n[[g]]\nh = 3\n'
    positions = locate_keys(text)
    assert positions.of(("a", "1")) == (3, 3)
    assert positions.of(("b c", "dA")) == (5, 1)
    assert positions.of(("b c", "dA", "e.f")) == (6, 9)
    assert positions.of(("g", "h")) == (8, 5)
    assert positions.of(("absent",)) is None
