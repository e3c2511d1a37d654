"""Serial bytes in, lines and values out."""
