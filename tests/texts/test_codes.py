"""Every code that the package raises has a sentence, and no sentence waits for a code."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fsmobile import errors, texts
from fsmobile.texts.code_sentences import CODE_SENTENCES
from fsmobile.texts.problems import PROBLEM_SENTENCES
from fsmobile.texts.schedule_problems import SCHEDULE_SENTENCES
from fsmobile.texts.schedule_remedies import REMEDIES

PACKAGE = Path(texts.__file__).parents[1]
ERROR_CLASSES = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.FsmobileError)
}
GIVEN_BY_THE_CLASS = {"NotFound"}
"""Its code is made of the kind of thing that was looked for."""


@dataclass(frozen=True)
class Maker:
    """A function or class that is given a code: at this place, or by this name."""

    position: int
    keyword: str = "code"


def _name(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _code_given(call: ast.Call, maker: Maker) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == maker.keyword:
            return keyword.value
    return call.args[maker.position] if len(call.args) > maker.position else None


def _literals(value: ast.expr | None) -> Iterator[str]:
    """Yield the codes of a literal, or of both branches of a conditional."""
    match value:
        case ast.Constant(value=str(code)):
            yield code
        case ast.IfExp(body=body, orelse=other):
            yield from _literals(body)
            yield from _literals(other)


def _find_makers(trees: list[ast.Module], known: dict[str, Maker]) -> dict[str, Maker]:
    """Add the functions that hand one of their own parameters on as a code, until none is new."""
    makers = dict(known)
    nodes = [node for tree in trees for node in ast.walk(tree)]
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    while True:
        before = len(makers)
        for function in functions:
            names = [argument.arg for argument in function.args.args if argument.arg != "self"]
            named = {*names, *(argument.arg for argument in function.args.kwonlyargs)}
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                given = _code_given(call, makers[_name(call)]) if _name(call) in makers else None
                if isinstance(given, ast.Name) and given.id in named:
                    position = names.index(given.id) if given.id in names else _BY_NAME_ONLY
                    makers.setdefault(function.name, Maker(position, given.id))
        if len(makers) == before:
            return makers


_BY_NAME_ONLY = 99


def find_codes(package: Path, makers: dict[str, Maker]) -> dict[str, str]:
    """Return each code given to a maker anywhere in the package, and the first file it is in."""
    files = sorted(package.rglob("*.py"))
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    known = _find_makers(trees, makers)
    codes: dict[str, str] = {}
    for file, tree in zip(files, trees, strict=True):
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if _name(call) in known:
                for code in _literals(_code_given(call, known[_name(call)])):
                    codes.setdefault(code, str(file.relative_to(package)))
    return codes


PROBLEM_MAKERS = {"Problem": Maker(0), "rule": Maker(0)}
ERROR_MAKERS = {name: Maker(0) for name in ERROR_CLASSES - GIVEN_BY_THE_CLASS}
CLASS_CODES = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in ERROR_CLASSES}
"""`store_full` of `StoreFull`: the sentence of the class is its own."""


def test_every_code_of_a_fault_has_a_sentence() -> None:
    codes = find_codes(PACKAGE, PROBLEM_MAKERS)
    assert "visit_without_enquiry" in codes, "the search must see through a local function"
    silent = {code: file for code, file in codes.items() if code not in PROBLEM_SENTENCES}
    assert silent == {}, "add them to texts/problems.py or texts/schedule_problems.py"


def test_every_code_of_an_error_has_a_sentence() -> None:
    codes = find_codes(PACKAGE, ERROR_MAKERS)
    assert "enrolment_code_mistyped" in codes
    silent = {
        code: file
        for code, file in codes.items()
        if code not in CODE_SENTENCES and code not in CLASS_CODES
    }
    assert silent == {}, "add them to texts/code_sentences.py"


@pytest.mark.parametrize("table", [PROBLEM_SENTENCES, CODE_SENTENCES])
def test_no_sentence_is_kept_for_a_code_that_nobody_gives(table: dict[str, object]) -> None:
    source = "\n".join(
        file.read_text(encoding="utf-8")
        for file in PACKAGE.rglob("*.py")
        if file.parent.name != "texts"
    )
    looked_for = find_codes(PACKAGE, {"NotFound": Maker(0, "kind")})
    given = {f"{kind}_not_found" for kind in looked_for}
    assert [code for code in table if f'"{code}"' not in source and code not in given] == []


def test_every_fault_of_a_schedule_has_a_remedy_and_no_remedy_waits_for_a_fault() -> None:
    assert set(REMEDIES) == set(SCHEDULE_SENTENCES)
