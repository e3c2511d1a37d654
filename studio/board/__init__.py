"""A board on the desk: its serial ports."""
