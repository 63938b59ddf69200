"""Byte formats: pure, byte-fed, bounded; input and output happen elsewhere."""
