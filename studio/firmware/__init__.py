"""A QNetwork and its Layout in, a C project and an ELF file out."""
