"""Random days of a fleet and its registry, with the program's own modules, and what must hold."""
