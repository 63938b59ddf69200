"""What everybody may see, without a log-in and without a script, where a municipality wants it.

attach   puts these pages on an app
routes   the pages, the form and the open data
figures  what may be told of a crossing: counts without small ones, and whether it works
reading  what a form sends -> a report within its bounds
open_data the same as JSON and CSV
"""

from gangvakt.web.public.attach import attach_public, public_app

__all__ = ["attach_public", "public_app"]
