"""Colours: dark, light and high contrast; every role readable on its background."""

from textual.theme import Theme

ROLE_DEFAULTS = {
    "role-plain": "ansi_default",
    "role-dim": "ansi_default",
    "role-title": "ansi_blue",
    "role-key": "ansi_cyan",
    "role-good": "ansi_green",
    "role-warn": "ansi_yellow",
    "role-bad": "ansi_red",
    "role-cursor": "ansi_default",
    "role-cursor-back": "ansi_default",
    "role-frame": "ansi_default",
    "role-bar": "ansi_default",
}
"""For themes that are not ours (`ansi-dark`): the terminal's own colours."""


def _theme(name: str, back: str, is_dark: bool, **roles: str) -> Theme:
    variables = {f"role-{role.replace('_', '-')}": colour for role, colour in roles.items()}
    return Theme(
        name=name,
        primary=roles["title"],
        accent=roles["key"],
        success=roles["good"],
        warning=roles["warn"],
        error=roles["bad"],
        foreground=roles["plain"],
        background=back,
        surface=back,
        panel=back,
        dark=is_dark,
        variables={**variables, "role-back": back},
    )


THEMES = (
    _theme(
        "sombre", "#10151c", True,
        plain="#d7dee8", dim="#93a1b3", title="#7fb4ff", key="#ffd479", good="#7fd99a",
        warn="#ffb454", bad="#ff7b72", cursor="#0b1220", cursor_back="#9cc4ff", frame="#62748a",
        bar="#1c2530",
    ),
    _theme(
        "clair", "#fbfaf7", False,
        plain="#1d2630", dim="#55616f", title="#0b4fa8", key="#8a3b00", good="#0b6b34",
        warn="#8a4b00", bad="#a8131f", cursor="#ffffff", cursor_back="#0b4fa8", frame="#7a8796",
        bar="#ebe7df",
    ),
    _theme(
        "contraste", "#000000", True,
        plain="#ffffff", dim="#e0e0e0", title="#ffffff", key="#ffff00", good="#00ff66",
        warn="#ffcc00", bad="#ff8080", cursor="#000000", cursor_back="#ffff00", frame="#ffffff",
        bar="#000000",
    ),
)  # fmt: skip
"""The first is the default."""
