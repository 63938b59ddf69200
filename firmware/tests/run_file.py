"""Runs the `test_*` functions of one file on MicroPython: `micropython run_file.py FILE`, from anywhere.

Prints `ok NAME` or `FAIL NAME` after its traceback; the last line is `done N`. Ends with 1 when one failed.
"""

import gc
import sys

HERE = __file__.rsplit("/", 1)[0] if "/" in __file__ else "."
sys.path.insert(0, HERE + "/..")


def main(path):
    """Import the file as a module and call its tests in the order of their names."""
    gc.threshold(16_384)  # what is compiled stays close together; on the chip nothing is compiled
    folder, name = path.rsplit("/", 1)
    sys.path.insert(0, folder)
    module = __import__(name[: -len(".py")])
    names = sorted(n for n in dir(module) if n.startswith("test_"))
    failed = 0
    for test in names:
        try:
            getattr(module, test)()
            print("ok", test)
        except Exception as error:
            failed += 1
            sys.print_exception(error, sys.stdout)
            print("FAIL", test)
    print("done", len(names))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1])
