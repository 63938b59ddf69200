"""Makes a fresh machine ready: Python packages, the MicroPython interpreter, a browser.

Runs on the system's python3 before there is anything else: standard library only, and
nothing newer than Python 3.8 at import, so that an old Python gets a clear answer.
"""
