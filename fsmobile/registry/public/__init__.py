"""Pages and feeds for everybody, from the published timetables alone."""
