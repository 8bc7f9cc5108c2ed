"""Commands, and the only place where parts are wired."""
