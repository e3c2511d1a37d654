"""Errors, jobs, settings, paths and logging: the standard library only."""
