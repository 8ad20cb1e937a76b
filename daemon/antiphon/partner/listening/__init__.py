"""What is heard of the player: keys and pedals, phrases, and the window of both sides."""
