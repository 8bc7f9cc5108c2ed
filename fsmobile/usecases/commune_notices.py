"""Communes told of what is published: the list, a letter for each, who told whom and when.

The list is computed, never stored: what a commune was told last is set beside what is published
now. So each village is on it once, a change that was taken back is told to nobody, and two
coordinators see the same list. Only who told whom is recorded.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.commune_notices import (
    CommuneContact,
    CommuneState,
    NoticeChannel,
    NoticeStep,
    check_contact,
)
from fsmobile.core.folding import fold
from fsmobile.core.plan_comparison import (
    Openings,
    PassageChange,
    Village,
    VillageChange,
    compare_plans,
    passages_in,
)
from fsmobile.core.privacy import refuse_forbidden_numbers
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import DateSpan
from fsmobile.errors import InvalidInput, NotAllowed, NotFound
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.protocol.notice_records import (
    COMMUNE_NOTICE,
    NoticeData,
    commune_entity,
    encode_notice,
)
from fsmobile.protocol.records import SCHEDULE_PUBLISH
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.store import commune_notices, ops, queries, schedule_trees
from fsmobile.store.files import write_durably
from fsmobile.store.ops import NewOp
from fsmobile.store.schedule_trees import Revision
from fsmobile.texts.change_words import ChangeWords
from fsmobile.texts.commune_letters import Letter, mail_draft, printed_letter, write_letter
from fsmobile.usecases.desk import Desk, UndoStep, is_coordinator

DAYS_AHEAD = 183
"""What comes later is told when it comes near."""
TOLD_DAYS = 60
"""How long a commune that knows everything stays on the list."""
PASSAGES_IN_LETTER = 8
LETTERS = "courriers"
"""Folder of the laptop's home in which letters are written."""


class NoticeProgress(StrEnum):
    """Where a commune stands."""

    TO_TELL = "to_tell"
    TOLD = "told"
    ACKNOWLEDGED = "acknowledged"


class LetterForm(StrEnum):
    """How a letter leaves: a draft for the mail program, or a page to print."""

    MAIL = "eml"
    PAPER = "html"


class CommuneLine(Struct, frozen=True, kw_only=True):
    """A commune on the list."""

    village: Village
    progress: NoticeProgress
    state: CommuneState
    before: int
    """Passages to come that it counts on."""
    after: int
    """Passages to come as published."""
    changes: tuple[PassageChange, ...]
    """To be told; once it is told, what it was told last."""
    is_received: bool
    """The registry, and so the other coordinators, hold what was noted here."""


class NoticeList(Struct, frozen=True, kw_only=True):
    """Who has to be told of what is published."""

    revision: int
    """0: nothing is published yet."""
    lines: tuple[CommuneLine, ...] = ()
    """Those to be told first, those that lose passages before the others."""
    is_waiting: bool = False
    """A publication of this laptop is on its way: its list comes with its receipt."""

    @property
    def to_tell(self) -> tuple[CommuneLine, ...]:
        """Return the communes that do not know yet."""
        return tuple(one for one in self.lines if one.progress is NoticeProgress.TO_TELL)


class _Book:
    """The published plans, each read once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.revisions = schedule_trees.load_revisions(desk.replica, desk.agency_id)
        self._by_op = {one.op_id: one for one in self.revisions}
        self._trees: dict[str, ScheduleTree | None] = {}
        today = desk.today()
        self.days = DateSpan(first=today, last=today + timedelta(days=DAYS_AHEAD))

    @property
    def newest(self) -> Revision:
        return self.revisions[0]

    def is_known(self, op_id: str | None) -> bool:
        return op_id in self._by_op

    def tree(self, op_id: str | None) -> ScheduleTree | None:
        """Return what a publication says; None before the first one, or without its files."""
        if op_id is None or op_id not in self._by_op:
            return None
        if op_id not in self._trees:
            files = schedule_trees.load_revision_files(self._desk.replica, self._by_op[op_id])
            self._trees[op_id] = None if files is None else read_schedule(files).tree
        return self._trees[op_id]

    def compare(self, old: str | None, new: str) -> tuple[VillageChange, ...]:
        """Say what a publication changes in another, for whoever has to be told."""
        tree = self.tree(new)
        if tree is None:
            return ()
        return compare_plans(self.tree(old), tree, self.days, load_school_calendar())


def list_notices(desk: Desk) -> NoticeList:
    """Return the communes to be told, then those that were told lately."""
    book = _Book(desk)
    is_waiting = any(one.kind == SCHEDULE_PUBLISH for one in queries.list_waiting(desk.replica))
    if not book.revisions:
        return NoticeList(revision=0, is_waiting=is_waiting)
    states = commune_notices.load_communes(desk.replica, desk.agency_id)
    waiting = commune_notices.list_waiting_communes(desk.replica, desk.agency_id)
    lines = _lines_to_tell(book, states)
    told = {one.village.code for one in lines}
    lines += _lines_told(book, [one for code, one in states.items() if code not in told])
    return NoticeList(
        revision=book.newest.revision,
        lines=tuple(replace(one, is_received=one.village.code not in waiting) for one in lines),
        is_waiting=is_waiting,
    )


def find_line(notices: NoticeList, text: str) -> CommuneLine:
    """Return the one commune of a list that a code or the beginning of a name means.

    Raises:
        NotFound: none, or several.
    """
    wanted = fold(text)
    exact = [one for one in notices.lines if wanted in (one.village.code, fold(one.village.name))]
    found = exact or [one for one in notices.lines if fold(one.village.name).startswith(wanted)]
    if len(found) != 1:
        known = ", ".join(one.village.name for one in found or notices.lines)
        raise NotFound("commune_notice", text, known=known)
    return found[0]


def make_letter(desk: Desk, line: CommuneLine) -> Letter:
    """Write to a commune: what changes, the notices to put up, its next passages."""
    book = _Book(desk)
    tree = book.tree(book.newest.op_id)
    if tree is None:
        raise NotFound("revision", str(book.newest.revision))
    return write_letter(
        tree.agency,
        line.village,
        ChangeWords(tree, is_letter=True),
        line.changes,
        coming_passages(tree, line.village, book.days),
        to=line.state.contact.email,
    )


def keep_letter(desk: Desk, line: CommuneLine, form: LetterForm) -> Path:
    """Write a letter into the laptop's home; return where it is.

    Raises:
        NotFound: the revision that it tells of is not here.
        StoreFull: no room.
    """
    letter = make_letter(desk, line)
    is_mail = form is LetterForm.MAIL
    content = mail_draft(letter) if is_mail else printed_letter(letter).encode()
    folder = desk.replica.folder() / LETTERS
    folder.mkdir(exist_ok=True)
    path = folder / f"{line.village.code}.{form}"
    write_durably(path, content)
    return path


def coming_passages(tree: ScheduleTree, village: Village, days: DateSpan) -> Sequence[Openings]:
    """Return the next passages in a village, as many as a letter names."""
    return passages_in(tree, village, days, load_school_calendar())[:PASSAGES_IN_LETTER]


def tell_communes(
    desk: Desk, lines: Iterable[CommuneLine], channel: NoticeChannel, remark: str = ""
) -> int:
    """Note that communes were told of everything published; return how many.

    Raises:
        NotAllowed: this laptop is no coordinator's.
        PersonalDataRefused: the remark holds a number that names a person.
    """
    return _note_steps(desk, lines, NoticeStep.TOLD, channel, remark)


def acknowledge(desk: Desk, line: CommuneLine, channel: NoticeChannel, remark: str = "") -> None:
    """Note that a commune answered to what it was told last.

    Raises:
        InvalidInput: it was told nothing yet.
        NotAllowed, PersonalDataRefused: as for `tell_communes`.
    """
    if line.state.last_told is None:
        raise InvalidInput("nothing_to_acknowledge")
    _note_steps(desk, [line], NoticeStep.ACKNOWLEDGED, channel, remark)


def set_contact(desk: Desk, village: Village, contact: CommuneContact) -> None:
    """Keep how a town hall is reached.

    Raises:
        NotAllowed: this laptop is no coordinator's.
        InvalidInput: no such address.
    """
    _require_coordinator(desk)
    check_contact(contact)
    _record(desk, [_op(desk, village.code, NoticeData(contact=contact))], "commune_contact")


def _lines_to_tell(book: _Book, states: dict[str, CommuneState]) -> list[CommuneLine]:
    """Set what each commune knows beside what is published: one comparison for each plan known."""
    newest, first = book.newest.op_id, book.revisions[-1].op_id
    known = {code: _known_plan(book, state) for code, state in states.items()}
    # Who publishes for the first time announces everything. Who has told nobody then announced
    # it by other means: from then on, only what changes is to be told.
    is_first_told = first in known.values()
    others = None if newest == first or is_first_told else first
    lines = []
    for plan in {*known.values(), others} - {newest} | ({None} if others is None else set()):
        for change in book.compare(plan, newest):
            if (known.get(change.village.code) or others) == plan and change.public:
                lines.append(_line(change, states))
    lines.sort(key=lambda one: (one.after - one.before, one.village))
    return lines


def _known_plan(book: _Book, state: CommuneState) -> str | None:
    told = state.last_told
    return told.publication if told is not None and book.is_known(told.publication) else None


def _line(change: VillageChange, states: dict[str, CommuneState]) -> CommuneLine:
    code = change.village.code
    return CommuneLine(
        village=change.village,
        progress=NoticeProgress.TO_TELL,
        state=states.get(code, CommuneState(code=code)),
        before=change.before,
        after=change.after,
        changes=change.public,
        is_received=True,
    )


def _lines_told(book: _Book, states: Sequence[CommuneState]) -> list[CommuneLine]:
    """Return the communes told lately, the last one first, with what they were told."""
    since = book.days.first - timedelta(days=TOLD_DAYS)
    lately = [
        (told, state)
        for state in states
        if (told := state.last_told) is not None and told.on >= since
    ]
    groups: defaultdict[tuple[str | None, str], list[CommuneState]] = defaultdict(list)
    for told, state in lately:
        groups[_told_before(book, state), told.publication].append(state)
    changes: dict[str, VillageChange] = {}
    for (old, new), of_group in groups.items():
        codes = {one.code for one in of_group}
        changes |= {x.village.code: x for x in book.compare(old, new) if x.village.code in codes}
    lately.sort(key=lambda pair: (pair[0].on, pair[0].hlc), reverse=True)
    return [_told_line(book, state, changes.get(state.code)) for _told, state in lately]


def _told_before(book: _Book, state: CommuneState) -> str | None:
    """Return the plan that a commune knew before it was told the last time."""
    told = [x.publication for x in state.steps if x.step is NoticeStep.TOLD]
    last = told[-1]
    earlier = [x for x in told if x != last and book.is_known(x)]
    first = book.revisions[-1].op_id
    return earlier[-1] if earlier else None if last == first else first


def _told_line(book: _Book, state: CommuneState, change: VillageChange | None) -> CommuneLine:
    village = _village(book, state.code) if change is None else change.village
    answered = state.answer is not None
    return CommuneLine(
        village=village,
        progress=NoticeProgress.ACKNOWLEDGED if answered else NoticeProgress.TOLD,
        state=state,
        before=0 if change is None else change.before,
        after=0 if change is None else change.after,
        changes=() if change is None else change.public,
        is_received=True,
    )


def _village(book: _Book, code: str) -> Village:
    """Name a commune of which nothing changes any more."""
    tree = book.tree(book.newest.op_id)
    for place in () if tree is None else tree.places.values():
        if place.insee_code == code:
            return Village(name=place.commune or place.name, code=code)
    return Village(name=code, code=code)


def _require_coordinator(desk: Desk) -> None:
    """Refuse a bus: its facts are of its own unit, and a town hall is told once."""
    if not is_coordinator(desk):
        raise NotAllowed("communes_are_the_coordinators")


def _note_steps(
    desk: Desk,
    lines: Iterable[CommuneLine],
    step: NoticeStep,
    channel: NoticeChannel,
    remark: str,
) -> int:
    _require_coordinator(desk)
    refuse_forbidden_numbers(remark, "note")
    newest = schedule_trees.load_revisions(desk.replica, desk.agency_id)[0]
    news = []
    for one in lines:
        told = one.state.last_told
        is_answer = step is NoticeStep.ACKNOWLEDGED and told is not None
        about = told.publication if is_answer and told is not None else newest.op_id
        data = NoticeData(
            step=step, publication=about, on=desk.today(), channel=channel, remark=remark
        )
        news.append(_op(desk, one.village.code, data))
    _record(desk, news, f"commune_{step.value}")
    return len(news)


def _record(desk: Desk, news: list[NewOp], what: str) -> None:
    if not news:
        return
    recorded = ops.append_all(desk.replica, news)
    withdrawn = tuple(
        replace(new, data=encode_notice(NoticeData(undo=op.op_id)))
        for new, op in zip(news, recorded, strict=True)
    )
    desk.undo_steps.append(UndoStep(what=what, reverse=withdrawn))


def _op(desk: Desk, code: str, data: NoticeData) -> NewOp:
    entity = commune_entity(desk.agency_id, code)
    return desk.agency_op(COMMUNE_NOTICE, encode_notice(data), entity=entity)
