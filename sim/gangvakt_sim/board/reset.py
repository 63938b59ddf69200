"""Kinds of reset, and the registers that each leaves."""

from __future__ import annotations

import enum

from gangvakt_sim.board.regs import R
from gangvakt_sim.board.shm import TICKS_PERIOD_US, SharedMemory

BOOT_HZ = 160_000_000
TIMER_WAKE = 4


class Reset(enum.Enum):
    """Why the chip starts: (machine.reset_cause(), what the boot ROM prints, does the clock go on)."""

    POWER = (1, "rst:0x1 (POWERON_RESET)", False)
    SOFTWARE = (2, "rst:0xc (SW_CPU_RESET)", True)
    WATCHDOG = (3, "rst:0xc (SW_CPU_RESET)", True)
    PANIC = (0, "rst:0xc (SW_CPU_RESET)", True)
    DEEPSLEEP = (4, "rst:0x5 (DEEPSLEEP_RESET)", True)
    ROM_WATCHDOG = (3, "rst:0x10 (RTCWDT_RTC_RESET)", False)
    # Beside a running app the detector's interrupt resets the processor alone, and what the RTC holds stays;
    # the text is that of the boot loader, which has no such interrupt.
    BROWN_OUT = (1, "rst:0xf (RTCWDT_BROWN_OUT_RESET)", True)
    SOFT = (5, "", True)
    STOP = (0, "", False)

    @property
    def rom_text(self) -> str:
        """The boot ROM's word for it."""
        return self.value[1]


REQUESTED = {
    R.REQUEST_SOFT: Reset.SOFT,
    R.REQUEST_HARD: Reset.SOFTWARE,
    R.REQUEST_DEEPSLEEP: Reset.DEEPSLEEP,
    R.REQUEST_PANIC: Reset.PANIC,
    R.REQUEST_CUT: Reset.POWER,
}


def apply_reset(memory: SharedMemory, kind: Reset) -> None:
    """The registers as a reset of this kind leaves them; a soft one leaves the hardware as it is."""
    cause, _, clock_goes_on = kind.value
    if kind is not Reset.SOFT:
        clear_hardware(memory)
        _set_clock(memory, clock_goes_on)
        memory[R.CPU_HZ] = BOOT_HZ
        memory[R.REPL_MODE] = R.REPL_FRIENDLY
        memory[R.WAKE_REASON] = TIMER_WAKE if kind is Reset.DEEPSLEEP else 0
    memory[R.RESET_CAUSE] = cause
    memory[R.RESET_REQUEST] = R.REQUEST_NONE
    memory[R.PHASE] = R.PHASE_START
    memory[R.INT_CHAR] = -1
    memory[R.HEAP_FREE] = 0
    memory[R.WIFI_ON] = 0


def clear_hardware(memory: SharedMemory) -> None:
    """Pins, RMT and watchdog as without power; what the world drives into pins stays."""
    for first, count in (
        (R.GPIO_OUT, R.GPIO_IN - R.GPIO_OUT),
        (R.GPIO_FUNC, 2 * R.PINS),
        (R.RMT, R.RMTS * R.RMT_WORDS),
        (R.WDT_MS, 1),
    ):
        for word in range(first, first + count):
            memory[word] = 0


def _set_clock(memory: SharedMemory, goes_on: bool) -> None:
    boot_us = memory.clock()
    memory[R.BOOT_US] = boot_us % TICKS_PERIOD_US
    memory[R.BOOT_MS] = boot_us // 1000 % TICKS_PERIOD_US
    if not goes_on:
        # The clock starts with the year 2000.
        memory[R.RTC_OFFSET_S] = -(boot_us // 1_000_000)
        memory[R.RTC_OFFSET_US] = -(boot_us % 1_000_000)
        memory[R.RTC_MEM_LEN] = 0
