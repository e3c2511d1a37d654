"""Running a QNetwork in software, integer for integer as the chip does."""
