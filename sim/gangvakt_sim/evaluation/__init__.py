"""Figures: how often, how early and how often in vain a sign warns, beside simpler detectors."""
