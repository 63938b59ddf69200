"""The silicon as the modules see it: one name for what its rooms offer."""

from _queue import enqueue, idle, pending, schedule, sleep_until, until  # noqa: F401

from _console import (  # noqa: F401
    await_input,
    input_ready,
    interrupt_char,
    open_console,
    write_all,
    write_raw,
)
from _silicon import (  # noqa: F401
    ESP_FAIL,
    INVALID_ARG,
    INVALID_SIZE,
    INVALID_STATE,
    _monotonic,
    _word,
    clock,
    esp_error,
    flash,
    flash_size,
    get,
    host_config,
    leave,
    libc,
    log,
    now,
    now_ms,
    push_pulse,
    put,
    ram,
    read,
    set_clock,
)
from _stall import between, gc_collect, listed_stall_us, real_collect, stall_us, tls_stall  # noqa: F401
from _ticker import (  # noqa: F401
    fired,
    kick,
    pin_handlers,
    poke,
    start_interrupts,
    timer_handlers,
    uart_handlers,
)
