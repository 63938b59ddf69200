"""Tests of the controller; what they share is in `support`."""
