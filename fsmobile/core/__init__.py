"""The domain, pure: no clock, no chance, no file, no network."""
