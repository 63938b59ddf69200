"""The simulator: a street, its sensors, and virtual boards on which the real firmware runs."""
