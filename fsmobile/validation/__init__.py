"""Checks of a schedule tree: one function per rule."""
