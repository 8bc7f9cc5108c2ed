"""Every kind of act has words: no screen shows the name that the wire gives it."""

import re
from importlib import import_module
from pathlib import Path

from fsmobile import protocol
from fsmobile.texts.act_words import ACT_NAMES, act_name

KIND = re.compile(r"[a-z]+\.[a-z]+|erase")


def kinds_of_the_protocol() -> set[str]:
    modules = Path(protocol.__path__[0]).glob("*.py")
    values = [vars(import_module(f"fsmobile.protocol.{one.stem}")) for one in modules]
    return {
        value
        for module in values
        for name, value in module.items()
        if name.isupper() and isinstance(value, str) and KIND.fullmatch(value)
    }


def test_every_kind_of_the_protocol_has_words() -> None:
    kinds = kinds_of_the_protocol()
    assert {"visit.record", "appointment.undo", "key.revoke", "erase"} <= kinds
    assert kinds == set(ACT_NAMES)


def test_a_kind_of_a_later_release_is_quoted() -> None:
    assert act_name("visit.sing") == "acte « visit.sing »"
    assert act_name("") == "acte mis de côté"
