"""The pages: NiceGUI on the controller's FastAPI app.

attach      the one entrance: puts pages, log-in and guards on an app
guards      who may see what: sessions, foreign origins, security headers, the request's language
signing_in  log-in, new password, log-out, language: plain forms without scripts
pages       the pages with live data
parts       the elements they are built from
feed        what keeps an open page up to date
views       fleet values -> what an element shows
words       events and faults in sentences
texts       the two languages

Scripts, styles and forms lie beside them (`scripts/`, `street/`, `assets/`, `forms/`): a page loads nothing
from elsewhere.
"""

from gangvakt.web.attach import attach

__all__ = ["attach"]
