"""These run on MicroPython alone: `cpython/test_on_micropython.py` starts them there."""

collect_ignore_glob = ["test_*.py"]
