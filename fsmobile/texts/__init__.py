"""Every word that a person reads, French first."""
