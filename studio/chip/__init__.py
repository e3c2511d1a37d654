"""What a compute-in-memory chip is; every chip is one TOML file."""
