"""Full-text index of what was recorded: codes as codes, notes as folded words, newest first.

Names of places, procedures and agents are not in it: whoever asks turns them into codes, so
that a stop that is renamed is found under its new name, and no name outlives its owner.
"""

import re
from collections.abc import Iterable
from datetime import date, time
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from fsmobile.core.folding import fold
from fsmobile.core.follow_ups import FollowUpState
from fsmobile.core.ids import OperatorId, PassageId, ProcedureId
from fsmobile.core.reports import stop_key
from fsmobile.core.spans import minutes_of
from fsmobile.core.visits import VisitState
from fsmobile.store.replica import Connection, Replica

PREFIX_MAX = 8
"""Beginnings of words up to this length have an index of their own; longer ones cost a merge."""
_ID_BITS = 28
_TIDY_PAGES = 256
"""Written at a step, about 1 MiB: some hundredths of a second."""
_CHANGES_OF_NOTHING = 2
"""FTS5: a merge that changes fewer rows than that had nothing to do."""
_CODE = re.compile(r"[a-z0-9/@_-]+")
_JOINS = re.compile(r"['\u2019-]")


class Found(Struct, frozen=True, kw_only=True):
    """One line that a search found."""

    rank: int
    """Greater is newer; the next page goes on below the last one."""
    kind: str
    """`visit` or `follow_up`."""
    entity: str


def rank_of(day: date, at: time, entity: str) -> int:
    """Return the place of a line in time: its minute, then what tells lines of one minute apart."""
    minute = day.toordinal() * 1440 + minutes_of(at)
    return minute << _ID_BITS | int(entity[-7:], 16)


class CodeKind(StrEnum):
    """What a code in the index is of; the letter that it begins with there."""

    PLACE = "l"
    """Stop key (`reports.stop_key`), place with an `@`, or commune."""
    PROCEDURE = "d"
    OPERATOR = "o"
    AGENT = "a"
    OUTCOME = "i"


def code_word(kind: CodeKind, code: str) -> str:
    """Return how a code stands in the index: no word that a person types is like it."""
    return f"{kind.value}={code}"


def is_code(code: str) -> bool:
    """Tell whether a code stands in the index as one word."""
    return _CODE.fullmatch(code) is not None


def words_of(text: str) -> str:
    """Return the words of a text, and again those that a hyphen or an apostrophe parts, joined.

    « n'diaye » is found as `n diaye` and as `ndiaye`.
    """
    folded = fold(text)
    joined = fold(_JOINS.sub("", text)) if _JOINS.search(text) else folded
    return folded if joined == folded else f"{folded} {joined}"


def index_visits(connection: Connection, states: Iterable[VisitState]) -> None:
    """Put visits into the index; they are not there, or were dropped before."""
    _insert(connection, [_line_of_visit(state) for state in states])


def _line_of_visit(state: VisitState) -> tuple[int, str, str, str]:
    visit = state.visit
    words = [
        words_of(visit.note) if visit.note else "",
        _words_of_stop(visit.passage_id, visit.insee_code),
        _word_of(CodeKind.AGENT, state.agent_id),
        _word_of(CodeKind.OUTCOME, "void") if state.is_void else "",
    ]
    for one in visit.enquiries:
        outcome = None if state.is_void else one.outcome.value
        words.append(_words_of_enquiry(one.procedure, one.operator, one.referred_to, outcome))
    rank = rank_of(visit.service_date, visit.starts, state.visit_id)
    return rank, "visit", state.visit_id, _joined(words)


@lru_cache(maxsize=1024)  # a day names few passages, and each of its visits names one
def _words_of_stop(passage_id: PassageId | None, insee_code: str | None) -> str:
    return _codes(CodeKind.PLACE, (stop_key(passage_id), insee_code))


@lru_cache(maxsize=4096)  # people ask for the same few hundred things
def _words_of_enquiry(
    procedure: ProcedureId,
    operator: OperatorId | None,
    referred_to: str | None,
    outcome: str | None,
) -> str:
    words = (
        _codes(CodeKind.PROCEDURE, (procedure,)),
        _codes(CodeKind.OPERATOR, (operator, referred_to)),
        _codes(CodeKind.OUTCOME, (outcome,)),
    )
    return _joined(words)


def index_follow_up(connection: Connection, state: FollowUpState) -> None:
    """Put what was promised into the index, never for whom."""
    follow_up = state.follow_up
    steps = " ".join(step.text for step in state.steps)
    referral = None if follow_up.referral is None else follow_up.referral.to
    place = None if follow_up.place_id is None else f"@{follow_up.place_id}"
    words = (
        words_of(f"{follow_up.task} {steps}"),
        _codes(CodeKind.PLACE, (place,)),
        _codes(CodeKind.PROCEDURE, (follow_up.procedure,)),
        _codes(CodeKind.OPERATOR, (follow_up.operator, referral)),
        _codes(CodeKind.AGENT, (state.agent_id,)),
    )
    rank = rank_of(follow_up.opened_on, time(), state.follow_up_id)
    _insert(connection, [(rank, "follow_up", state.follow_up_id, _joined(words))])


def drop(connection: Connection, entity: str) -> None:
    """Take what an entity says out of the index, while its rows still stand."""
    for rank, kind in _ranks(connection, entity):
        connection.execute("DELETE FROM search WHERE rowid = ? AND kind = ?", (rank, kind))


def find(
    replica: Replica,
    expression: str,
    *,
    first: date | None = None,
    last: date | None = None,
    below: int | None = None,
    limit: int,
) -> list[Found]:
    """Return what an FTS5 expression finds between two days, the newest first.

    An empty expression finds everything. `below` is the rank of the last line already seen.
    """
    lowest = 0 if first is None else first.toordinal() * 1440 << _ID_BITS
    highest = (1 << 62) if last is None else (last.toordinal() + 1) * 1440 << _ID_BITS
    highest = highest if below is None else min(highest, below)
    matching = "search MATCH ? AND" if expression else ""
    rows = replica.connection.execute(
        f"SELECT rowid, kind, entity FROM search WHERE {matching} rowid >= ? AND rowid < ?"
        " ORDER BY rowid DESC LIMIT ?",
        (*((expression,) if expression else ()), lowest, highest, limit),
    ).fetchall()
    return [Found(rank=rank, kind=kind, entity=entity) for rank, kind, entity in rows]


def tidy(replica: Replica) -> None:
    """Merge what many transactions left of the index in parts: each word looks into all of them.

    By steps that end soon: a bus that records meanwhile does not wait.

    Raises:
        StoreBusy, StoreFull: the rest is left for another time.
    """
    with replica.write() as connection:
        connection.execute("INSERT INTO search (search, rank) VALUES ('usermerge', 2)")
    done = _CHANGES_OF_NOTHING
    while done >= _CHANGES_OF_NOTHING:
        with replica.write() as connection:
            before = connection.total_changes
            connection.execute(
                "INSERT INTO search (search, rank) VALUES ('merge', ?)", (_TIDY_PAGES,)
            )
            done = connection.total_changes - before


def purge(connection: Connection) -> None:
    """Leave nothing of dropped lines in the index: its parts are merged into one."""
    connection.execute("INSERT INTO search (search) VALUES ('optimize')")


def _ranks(connection: Connection, entity: str) -> Iterable[tuple[int, str]]:
    visit = connection.execute(
        "SELECT service_date, starts FROM visit WHERE visit_id = ?", (entity,)
    ).fetchone()
    if visit is not None:
        day, at = date.fromisoformat(visit[0]), time.fromisoformat(visit[1])
        yield rank_of(day, at, entity), "visit"
    promised = connection.execute(
        "SELECT state ->> '$.follow_up.opened_on' FROM follow_up WHERE follow_up_id = ?", (entity,)
    ).fetchone()
    if promised is not None:
        yield rank_of(date.fromisoformat(promised[0]), time(), entity), "follow_up"


def _insert(connection: Connection, lines: Iterable[tuple[int, str, str, str]]) -> None:
    # One in 2**28 pairs of one minute would share a rank: the later takes the place.
    connection.executemany(
        "INSERT OR REPLACE INTO search (rowid, kind, entity, words) VALUES (?, ?, ?, ?)", lines
    )


def _joined(words: Iterable[str]) -> str:
    return " ".join(filter(None, words))


def _codes(kind: CodeKind, codes: Iterable[str | None]) -> str:
    return " ".join([_word_of(kind, code) for code in codes if code])


@lru_cache(maxsize=4096)
def _word_of(kind: CodeKind, code: str) -> str:
    """Write a code; what is no code, as a body named in words, is written in words."""
    return code_word(kind, code) if is_code(code) else words_of(code)
