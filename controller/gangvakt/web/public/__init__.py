"""What everybody may see, without a log-in, where a municipality wants it."""
