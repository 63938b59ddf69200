"""Decisions: pure integers, injected time; nothing here knows hardware."""
