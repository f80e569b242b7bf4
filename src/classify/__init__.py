"""Reads releases of support programs, tags what each provides, and exports the coverage matrix."""
