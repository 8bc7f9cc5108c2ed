"""The domain in other people's words: text in, values out, and back."""
