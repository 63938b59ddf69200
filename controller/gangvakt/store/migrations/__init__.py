"""Numbered revisions of the database, run at every start."""
