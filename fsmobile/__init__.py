"""fsmobile: tours, visits and sync of a France services bus, offline first."""

__version__ = "0.1.0"
