"""The technician's pages: for a telephone, at the pole, in the rain.

pages     finding a sign, and the work on one
work      what is done at a sign, as whoever does it
elements  what the pages are built from, drawn by `scripts/`
views     what is known of a sign -> what an element shows
finding   a sign by what somebody types of its name
"""

from gangvakt.web.technician.pages import add_pages

__all__ = ["add_pages"]
