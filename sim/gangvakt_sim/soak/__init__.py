"""A sign's life in virtual time: the whole firmware, its street, its network, its faults."""
