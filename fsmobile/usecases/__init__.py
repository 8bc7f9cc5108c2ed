"""What a person does, once, for every front end."""
