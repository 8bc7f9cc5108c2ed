"""The laptop's side of a sync: push, pull, report."""
