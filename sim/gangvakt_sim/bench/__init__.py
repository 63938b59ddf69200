"""`make bench`: figures of the sign and of the whole chain, each beside what it is compared with.

figures   what a measurement says: value, unit, reference, how it was measured
table     all figures as one table, and as JSON; cli prints it
context   what every measurement gets: how thorough to be, where to put files, how to tell of progress
walks     people before a radar, as frames; who plays them at a board
boards    signs with the real firmware, armed, with and without a controller
rows      the list of measurements

One module for each measurement: armed, lamps, tick (with tick_on_chip, which MicroPython runs), latency (and
ruler, how late the computer itself is), event, ram, decision (with decision_on_chip; mpy reads what is
compiled), start, tracks, scenarios, lateness (with ticks, when they began, and updated, a sign that is being
updated).
"""
