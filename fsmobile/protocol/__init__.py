"""What a laptop and the registry say to each other, pure."""
