"""The queue of alarms, and the page of one.

pages     both pages, which follow what happens
elements  what they are built from, drawn by `scripts/`
wanted    which alarms are shown, as in the address
acting    what people do: checked, then done by the alarms' own service
views     alarms -> what an element shows
wording   alarms in words
"""

from gangvakt.web.alarms.pages import add_pages

__all__ = ["add_pages"]
