"""The chip's console: programs, the friendly prompt, the raw one and raw paste (pyexec.c).

Everything here is native code, so that tracebacks begin at the user's program.
"""

import micropython
import usys as _sys

import _chip as _c

_CTRL_A = 1
_CTRL_B = 2
_CTRL_C = 3
_CTRL_D = 4
_CTRL_E = 5
_BACKSPACE = (8, 127)
_WINDOW = 128  # half of MICROPY_REPL_STDIN_BUFFER_MAX
_FAR_US = 400_000_000
_BANNER = (
    "MicroPython v1.26.1 on 2025-09-11; Generic ESP32 module with ESP32\n"
    'Type "help()" for more information.\n'
)
_PASTE = "\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\n=== "

FAILED = 0
DONE = 1
EXIT = 2  # SystemExit: the caller resets

_byte = bytearray(1)


@micropython.native
def _getc():
    """The next byte of the console; callbacks run while it is awaited."""
    try:
        while not _c.await_input(_FAR_US):
            pass
    except KeyboardInterrupt:
        # It was meant for the program that has just ended.
        return _CTRL_C
    _c.read(0, _byte, 1)
    return _byte[0]


@micropython.native
def run(start, scope):
    """Call `start(scope)` as a program: FAILED, DONE or EXIT; its exception is printed."""
    return _guarded(start, scope, False)


@micropython.native
def _guarded(start, scope, framed):
    result = DONE
    error = None
    try:
        _c.interrupt_char(_CTRL_C)
        start(scope)
        _c.pending()
        _c.interrupt_char(-1)
        if framed:
            _c.write_raw(b"\x04")
    except SystemExit:
        result = EXIT
    except BaseException as e:
        error = e
        result = FAILED
    _c.interrupt_char(-1)
    if framed and result != DONE:
        _c.write_raw(b"\x04")
    if error is not None:
        _sys.print_exception(error)
    if framed:
        _c.write_raw(b"\x04")
    return result


@micropython.native
def run_file(name, scope):
    """Run a file of the file system; DONE if there is none."""
    try:
        open(name).close()
    except OSError:
        return DONE
    return run(lambda s: execfile(name, s), scope)  # noqa: F821


@micropython.native
def _run_source(source, scope, framed, mode):
    return _guarded(lambda s: exec(compile(source, "<stdin>", mode), s), scope, framed)


@micropython.native
def raw_prompt(scope):
    """The raw prompt until Ctrl-B (False) or a soft reset (True)."""
    _c.write_all("raw REPL; CTRL-B to exit\n")
    while True:
        _c.write_all(">")
        line = _raw_line(scope)
        if line is False or line is True:
            return line
        if line is not None:
            _c.write_all("OK")
            if not len(line):
                _c.write_all("\n")
                return True
            if _run_source(str(line, "utf-8"), scope, True, "exec") == EXIT:
                return True


@micropython.native
def _raw_line(scope):
    """A program; None = prompt again; False = Ctrl-B; True = soft reset."""
    line = bytearray()
    while True:
        c = _getc()
        if c == _CTRL_A:
            if len(line) == 2 and line[0] == _CTRL_E:
                return True if _raw_paste(line[1], scope) == EXIT else None
            _c.write_all("raw REPL; CTRL-B to exit\n>")
            line = bytearray()
        elif c == _CTRL_B:
            _c.write_all("\n")
            return False
        elif c == _CTRL_C:
            line = bytearray()
        elif c == _CTRL_D:
            return line
        else:
            line.append(c)


@micropython.native
def _raw_paste(kind, scope):
    if kind != 65:
        _c.write_raw(b"R\x00")
        return DONE
    _c.write_raw(bytes((82, 1, _WINDOW, 0, 1)))
    source = bytearray()
    window = _WINDOW
    while True:
        c = _getc()
        if c == _CTRL_D or c == _CTRL_C:
            break
        source.append(c)
        window -= 1
        if window == 0:
            _c.write_raw(b"\x01")
            window = _WINDOW
    _c.write_raw(b"\x04")
    if c == _CTRL_C:
        return _guarded(_interrupted, scope, True)
    return _run_source(str(source, "utf-8"), scope, True, "exec")


@micropython.native
def _interrupted(_):
    raise KeyboardInterrupt


@micropython.native
def friendly_prompt(scope):
    """The friendly prompt until Ctrl-A (False) or Ctrl-D (True)."""
    _c.write_all(_BANNER)
    while True:
        line = _edit(_sys.ps1)
        if line == "\x01":
            _c.write_all("\n")
            return False
        if line == "\x04":
            _c.write_all("\n")
            return True
        if line == "\x02":
            _c.write_all("\n" + _BANNER)
            continue
        if line == "\x05":
            line = _paste()
            if line and _run_source(line, scope, False, "exec") == EXIT:
                return True
            continue
        while line and _unfinished(line):
            more = _edit(_sys.ps2)
            if len(more) == 1 and ord(more) < 6:
                line = ""
                _c.write_all("\n")
            else:
                line += "\n" + more
        if line and _run_source(line, scope, False, "single") == EXIT:
            return True


@micropython.native
def _edit(prompt):
    """A line, or the control character that ended it."""
    _c.write_all(prompt)
    line = bytearray()
    last = 0
    while True:
        c = _getc()
        if c == 13 or (c == 10 and last != 13):
            _c.write_all("\n")
            return str(line, "utf-8")
        if c == _CTRL_C:
            _c.write_all("\n" + prompt)
            line = bytearray()
        elif c in (_CTRL_A, _CTRL_B, _CTRL_D, _CTRL_E) and not len(line):
            return chr(c)
        elif c in _BACKSPACE:
            if len(line):
                line = line[:-1]
                _c.write_all("\x08 \x08")
        elif c == 9:
            line.extend(b"    ")
            _c.write_all("    ")
        elif c >= 32:
            line.append(c)
            _c.write_raw(bytes((c,)))
        last = c


@micropython.native
def _paste():
    """What is pasted until Ctrl-D; None = cancelled."""
    _c.write_all(_PASTE)
    text = bytearray()
    while True:
        c = _getc()
        if c == _CTRL_C:
            _c.write_all("\n")
            return None
        if c == _CTRL_D:
            _c.write_all("\n")
            return str(text, "utf-8")
        if c == 13:
            text.append(10)
            _c.write_all("\n=== ")
        else:
            text.append(c)
            _c.write_raw(bytes((c,)))


_OPENERS = ("if ", "while ", "for ", "try:", "with ", "def ", "class ", "async ", "@")


@micropython.native
def _unfinished(text):
    """True while the prompt should ask for more (repl.c)."""
    depth = 0
    quote = ""
    i = 0
    while i < len(text):
        c = text[i]
        if quote:
            if c == "\\":
                i += 1
            elif text[i : i + len(quote)] == quote:
                i += len(quote) - 1
                quote = ""
        elif c in "'\"":
            quote = c * 3 if text[i : i + 3] == c * 3 else c
            i += len(quote) - 1
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        i += 1
    if len(quote) == 3 or depth > 0:
        return True
    if text.endswith("\\"):
        return True
    for opener in _OPENERS:
        if text.startswith(opener):
            return not text.endswith("\n")
    return False
