"""The line of notes that is planned: read, drawn by the rules, and handed over."""
