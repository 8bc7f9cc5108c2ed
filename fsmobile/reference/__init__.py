"""Bundled reference data and its reader."""
