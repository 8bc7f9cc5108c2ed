"""Merging two exceptions of one passage into one."""

from msgspec.structs import replace

from fsmobile.core.overrides import Override, OverrideAction


def merge_override(before: Override | None, wish: Override) -> Override | None:
    """Return the exception that combines an earlier one with a new wish.

    None: nothing is left to say. An added passage that is cancelled was never planned; one that
    is moved back to its own day, at its own place and hours, is an ordinary passage again.
    """
    if before is None or before.action is OverrideAction.CANCEL:
        return _settled(wish)
    if wish.action is OverrideAction.CANCEL:
        return None if before.action is OverrideAction.ADD else wish
    if wish.action is OverrideAction.KEEP:
        return before if before.action is OverrideAction.ADD else wish
    merged = replace(
        before,
        action=_action_of_both(before, wish),
        moved_to=wish.moved_to or before.moved_to,
        place_id=wish.place_id or before.place_id,
        spans=wish.spans or (() if wish.half_day else before.spans),
        half_day=wish.half_day or (None if wish.spans else before.half_day),
        drive_minutes=before.drive_minutes if wish.drive_minutes is None else wish.drive_minutes,
        crew=before.crew if wish.crew is None else wish.crew,
        vehicle_id=wish.vehicle_id or before.vehicle_id,
        reason=wish.reason or before.reason,
        notice=wish.notice or before.notice,
        published_on=wish.published_on or before.published_on,
        replaces=wish.replaces or before.replaces,
    )
    return _settled(merged)


def _action_of_both(before: Override, wish: Override) -> OverrideAction:
    if wish.action in (OverrideAction.MOVE, OverrideAction.ADD):
        return wish.action
    return before.action


def _settled(override: Override) -> Override | None:
    """Take a move to its own day for what else it says."""
    if override.action is not OverrideAction.MOVE:
        return override
    if override.moved_to not in (None, override.original_date):
        return override
    stays = replace(override, moved_to=None)
    for action, is_said in (
        (OverrideAction.PLACE, override.place_id is not None),
        (OverrideAction.HOURS, bool(override.spans or override.half_day)),
        (OverrideAction.CREW, override.crew is not None),
        (OverrideAction.VEHICLE, override.vehicle_id is not None),
    ):
        if is_said:
            return replace(stays, action=action)
    return None
