"""Choosing how to quantize by simulating the result."""
