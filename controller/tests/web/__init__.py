"""Tests of the pages, most of them in a browser; what they share is in `support`."""
