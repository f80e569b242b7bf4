"""Releases of other layouts, made for the tests."""
