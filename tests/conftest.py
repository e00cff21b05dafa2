"""What every test shares. Nothing heavy is imported here."""

from __future__ import annotations

from hypothesis import settings

# No deadline: the machine may be busy. No database: one run does not steer the next.
settings.register_profile("house", deadline=None, database=None)
settings.load_profile("house")
