"""Requests that another site's page made with our cookie (CSRF)."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What browsers say of a page of ours, and of an address that somebody typed or a bookmark.
_OWN = ("same-origin", "none")


def is_foreign(headers: Headers) -> bool:
    """Whether a page of another origin caused the request; browsers say so, and pages cannot change it.

    Sec-Fetch-Site where the browser sends it (it does over TLS and to this computer), else Origin. Programs
    that are no browser send neither: they have no cookie that somebody else could use.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in _OWN
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")
