"""`antiphon learn`: from a folder of music to an instrument and a piece, in steps done once."""
