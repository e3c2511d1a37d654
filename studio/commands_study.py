"""What the commands that study a network do, and how they print it."""
