"""The guides tell of each command, each setting, each error and each rule, and of no other."""

import argparse
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fsmobile import errors
from fsmobile.cli.main import COMMANDS, make_parser
from fsmobile.config import Settings
from fsmobile.texts.schedule_problems import SCHEDULE_SENTENCES

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "schedules/README.md"]
GUIDES = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def _commands(parser: argparse.ArgumentParser, path: str = "fsmobile") -> Iterator[str]:
    """Yield the full name of each command that does something: `fsmobile schedule check`."""
    groups = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    if not groups:
        yield path
    for group in groups:
        for name, child in group.choices.items():
            yield from _commands(child, f"{path} {name}")


def _commands_of(name: str) -> list[str]:
    """Return the acts of a command; its arguments are read only when it is asked for."""
    group = next(
        one for one in make_parser(name)._actions if isinstance(one, argparse._SubParsersAction)
    )
    return list(_commands(group.choices[name], f"fsmobile {name}"))


FULL_NAMES = sorted(full for name in COMMANDS for full in _commands_of(name))
ERRORS = sorted(
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.FsmobileError)
)


def test_there_are_commands_to_look_for() -> None:
    assert {"fsmobile demo", "fsmobile schedule check", "fsmobile visit add"} <= set(FULL_NAMES)


@pytest.mark.parametrize("command", FULL_NAMES)
def test_each_command_is_in_a_guide(command: str) -> None:
    assert re.search(rf"{re.escape(command)}\b", GUIDES), f"{command} is in no guide"


def test_no_guide_names_a_command_that_does_not_exist() -> None:
    """Reads `fsmobile word word` in code spans and blocks; an option or an argument ends it."""
    named = set(re.findall(r"(?:^|[`\s/])(fsmobile(?: [a-z][a-z-]*)+)", GUIDES, re.MULTILINE))
    known = {" ".join(command.split()[:2]) for command in FULL_NAMES}
    code = set(re.findall(r"`(fsmobile(?: [a-z][a-z-]*)+)", GUIDES))
    assert code
    assert {" ".join(name.split()[:2]) for name in code & named} <= known


@pytest.mark.parametrize("setting", [field.name for field in dataclasses.fields(Settings)])
def test_each_setting_is_in_the_guide_of_the_administrator(setting: str) -> None:
    guide = (ROOT / "docs/administrateur.md").read_text(encoding="utf-8")
    assert f"`{setting}`" in guide


@pytest.mark.parametrize("error", ERRORS)
def test_each_error_is_in_the_page_of_errors(error: str) -> None:
    page = (ROOT / "docs/erreurs.md").read_text(encoding="utf-8")
    assert f"`{error}`" in page


@pytest.mark.parametrize("code", sorted(SCHEDULE_SENTENCES))
def test_each_rule_of_a_schedule_is_in_the_page_of_rules(code: str) -> None:
    page = (ROOT / "docs/regles.md").read_text(encoding="utf-8")
    assert f"`{code}`" in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_guide_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []
