"""Many ids in one parameter, so that one prepared statement serves any number of them."""

import json
from collections.abc import Sequence
from typing import Any, Self

from sqlalchemy import ARRAY, Boolean, Column, Dialect, Text, TypeDecorator, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine


class IdList(TypeDecorator[Sequence[str]]):
    """Ids as an array of PostgreSQL, or as JSON."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of the parameter."""
        return dialect.type_descriptor(ARRAY(Text()) if _has_arrays(dialect) else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        """Write the ids as the parameter holds them."""
        ids = list(value or ())
        return ids if _has_arrays(dialect) else json.dumps(ids)


class IsOneOf(FunctionElement[bool]):
    """Tells whether a column is one of the ids of a parameter, found by the column's index."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:
        """Return itself: with `… = 1`, for want of booleans in SQLite, no index would be used."""
        return self


def is_one_of(column: Column[str], ids: str) -> IsOneOf:
    """Return the condition that a column is one of the ids of the parameter of that name."""
    return IsOneOf(column, bindparam(ids, type_=IdList()))


@compiles(IsOneOf)
def _by_json(element: IsOneOf, compiler: SQLCompiler, **words: Any) -> str:
    column, ids = (compiler.process(clause, **words) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"


@compiles(IsOneOf, "postgresql")
def _by_array(element: IsOneOf, compiler: SQLCompiler, **words: Any) -> str:
    column, ids = (compiler.process(clause, **words) for clause in element.clauses)
    return f"{column} = ANY({ids})"


def _has_arrays(dialect: Dialect) -> bool:
    return dialect.name == "postgresql"
