"""The report: exact totals, at most a thousand samples, the gravest first."""

from datetime import date

from fsmobile.errors import Problem, Severity
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.usecases.schedule_check import validation_context
from fsmobile.validation.notices import SAMPLES_MAX, format_report, make_report
from fsmobile.validation.rules import split_acknowledged
from tests.validation.schedule_trees import (
    ANEW,
    TODAY,
    check_files,
    codes_of,
    edit_files,
    example_files,
)

DAY = date(2026, 11, 22)


def many(code: str, severity: Severity, count: int) -> list[Problem]:
    return [
        Problem(
            code=code, severity=severity, file="lieux.toml", line=count - rank, params={"id": "a"}
        )
        for rank in range(count)
    ]


def test_totals_are_exact_and_samples_are_capped() -> None:
    report = make_report(many("place_unused", Severity.INFO, SAMPLES_MAX + 7), DAY)
    (notice,) = report.notices
    assert (notice.total, len(notice.samples)) == (SAMPLES_MAX + 7, SAMPLES_MAX)
    assert [one.line for one in notice.samples[:3]] == [1, 2, 3]
    document = format_report(report, lambda _: "phrase")
    assert document["summary"] == {
        "date": "2026-11-22",
        "structures": [],
        "errors": 0,
        "warnings": 0,
        "infos": SAMPLES_MAX + 7,
        "acknowledged": 0,
    }


def test_the_gravest_come_first_and_a_code_may_have_two_gravities() -> None:
    problems = [
        *many("b", Severity.INFO, 1),
        *many("a", Severity.WARNING, 2),
        *many("z", Severity.ERROR, 1),
        *many("a", Severity.ERROR, 1),
    ]
    report = make_report(problems, DAY)
    assert [(one.code, one.severity, one.total) for one in report.notices] == [
        ("a", Severity.ERROR, 1),
        ("z", Severity.ERROR, 1),
        ("a", Severity.WARNING, 2),
        ("b", Severity.INFO, 1),
    ]


def test_a_sample_says_where_and_what() -> None:
    problem = Problem(
        code="place_unused",
        file="lieux.toml",
        line=3,
        column=1,
        params={"id": "ahun", "value": "ahun", "nearest": None},
    )
    document = format_report(make_report([problem], DAY), lambda one: f"phrase {one.code}")
    (notice,) = document["notices"]
    assert notice["sampleNotices"] == [
        {
            "fichier": "lieux.toml",
            "ligne": 3,
            "colonne": 1,
            "id": "ahun",
            "message": "phrase place_unused",
            "params": {"value": "ahun"},
        }
    ]


def acknowledged(until: str, code: str = "parity_break_week53") -> list[Problem]:
    text = (
        f'format = "acquittements/1"\n[acquittements.jeudi]\ncode = "{code}"\n'
        f'id = "nord/benevent"\nmotif = "Vu avec la mairie."\njusqu_au = {until}\n'
    )
    files = {**example_files(), "acquittements.toml": text}
    reading = read_schedule(files)
    assert reading.tree is not None
    assert reading.problems == ()
    return split_acknowledged(check_files(files), reading.tree, validation_context(TODAY))[1]


def test_an_acknowledged_notice_is_kept_apart_until_its_day() -> None:
    assert codes_of(acknowledged("2026-11-22")) == ["parity_break_week53"]
    assert acknowledged("2026-11-21") == []
    assert acknowledged("2027-12-31", code="place_unused") == []


def test_an_error_cannot_be_acknowledged() -> None:
    files = edit_files(example_files(), ("lieux.toml", '"23075"', '"23999"'))
    files["acquittements.toml"] = ""
    files = edit_files(
        files,
        (
            "acquittements.toml",
            ANEW,
            'format = "acquittements/1"\n[acquittements.dun]\ncode = "commune_unknown"\n'
            'id = "dun-mairie"\nmotif = "Non."\njusqu_au = 2027-12-31\n',
        ),
    )
    reading = read_schedule(files)
    assert reading.tree is not None
    told, accepted = split_acknowledged(check_files(files), reading.tree, validation_context(TODAY))
    assert "commune_unknown" in codes_of(told)
    assert accepted == []
