"""Tools of the people who write fsmobile; none of them is installed with it."""
