"""How well an instrument predicts music, and how its continuations compare."""
