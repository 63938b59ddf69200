"""Offline: how good the sign's decisions are on recorded tracks, and learning its approach score."""
