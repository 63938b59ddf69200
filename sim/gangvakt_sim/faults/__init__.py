"""What can go wrong around a sign, by name and by schedule."""
