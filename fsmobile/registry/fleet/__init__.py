"""The fleet pages: who may read them, what they show, how."""
