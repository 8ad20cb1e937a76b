"""How good an instrument is: what it foretells, and how what it plays compares."""
