"""Alembic migrations of the registry's schema, one set for SQLite and PostgreSQL."""
