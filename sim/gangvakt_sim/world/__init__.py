"""The world around the signs: people and cars on a street, and the sensors that see them.

Lengths are metres in the site's plane, angles degrees counter-clockwise from its x axis, times seconds.
Nothing in here knows a board or a broker; only `player` knows a clock: it plays a world in real time.
"""
