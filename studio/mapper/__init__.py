"""A QNetwork in, a Layout of its weights on the analog array out."""
