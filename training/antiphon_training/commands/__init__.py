"""Commands and sources of beginnings: what the entry points in pyproject.toml name.

This is the top floor of the package: a module here may import every other room,
and no room imports this one.
"""
