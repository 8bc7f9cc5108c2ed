"""Judging a `schedule.publish`: base, files, shape, and the rules that are errors."""

import logging
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from fsmobile.errors import Problem, Severity
from fsmobile.protocol.records import SchedulePublication, read_manifest
from fsmobile.registry.records import Revision
from fsmobile.registry.storage import Transaction

TreeCheck = Callable[[Mapping[str, str]], Sequence[Problem]]
"""Path → text of a tree, to its problems."""
NOTICES_MAX = 20

log = logging.getLogger("fsmobile.registry")

Judgement = tuple[str, dict[str, Any]]
"""Outcome code and its detail."""


def judge_publication(
    transaction: Transaction,
    publication: SchedulePublication,
    *,
    op_id: str,
    now: int,
    check_tree: TreeCheck,
) -> Judgement:
    """Publish a revision on top of the current one, whole, or say why not."""
    current = transaction.current_revision(publication.agency)
    revision = 0 if current is None else current.revision
    if publication.base != revision:
        return "stale", {"rev": revision}
    try:
        manifest = _manifest_of(transaction, publication)
        files = {
            path: _read_file(transaction, publication.agency, path, digest)
            for path, digest in manifest.items()
        }
    except _FileMissing as missing:
        return "rejected", {"code": "schedule_file_missing", "path": str(missing)}
    except ValueError as error:
        return "rejected", {"code": "malformed", "detail": str(error)[:200]}
    try:
        problems = check_tree(files)
    except Exception:
        # A bug in our own rules may refuse this publication, but must not stop the sync of the
        # laptop that brings it, with all its other acts.
        log.exception("the check of a schedule failed")
        return "rejected", {"code": "schedule_check_failed"}
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors:
        return "rejected", {"code": "schedule_with_errors", "notices": _notices(errors)}
    transaction.add_revision(
        publication.agency,
        Revision(revision=revision + 1, op_id=op_id, manifest=manifest),
        now,
    )
    return "published", {"rev": revision + 1}


class _FileMissing(Exception):
    """A file that a manifest names is missing, or has another hash."""


def _manifest_of(transaction: Transaction, publication: SchedulePublication) -> dict[str, str]:
    """Return path → SHA-256, from the publication or from a file of its own."""
    apart = publication.manifest_file
    if not isinstance(apart, str):
        return dict(publication.manifest)
    return read_manifest(_read_file(transaction, publication.agency, "manifest", apart))


def _read_file(transaction: Transaction, agency: str, path: str, digest: str) -> str:
    content = transaction.read_schedule_file(agency, digest)
    if content is None or sha256(content.encode()).hexdigest() != digest:
        raise _FileMissing(path)
    return content


def _notices(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    return [
        {
            "code": problem.code,
            "file": problem.file,
            "line": problem.line,
            "params": dict(problem.params),
        }
        for problem in problems[:NOTICES_MAX]
    ]
