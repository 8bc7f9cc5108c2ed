"""The laptop: one SQLite file, facts and their projections."""
