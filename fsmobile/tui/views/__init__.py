"""What the screens show: pure functions from values to lines, tested without Textual."""
