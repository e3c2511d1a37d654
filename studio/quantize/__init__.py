"""Float or integer networks in, a QNetwork of chip integers out."""
