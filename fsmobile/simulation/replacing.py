"""Giving a name of a module or a class another value for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Give a module or a class another value under a name, and take it back."""
    had_one = name in vars(owner)
    before = vars(owner).get(name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if had_one:
            setattr(owner, name, before)
        else:
            delattr(owner, name)
