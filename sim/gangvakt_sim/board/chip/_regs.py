"""The memory that the chip and the outside world share: one table, read by both sides.

Numbers are indices of 32-bit words unless the name ends in _BYTE (a byte offset). Times `_US` are the low 30
bits of CLOCK_MONOTONIC in microseconds. The host executes this file, the chip gets the numbers built in.
"""

# -- system: written by the host before the chip starts, unless said otherwise
MAGIC = 0
MAGIC_VALUE = 0x47560001
BOOT_US = 1  # power-on
BOOT_MS = 2
RTC_OFFSET_S = 3  # clock = CLOCK_MONOTONIC + offset, seconds since 2000 (both sides)
RTC_OFFSET_US = 4
RESET_CAUSE = 5  # machine.*_RESET
RESET_REQUEST = 6  # chip: why it left, REQUEST_*
SLEEP_MS = 7  # chip: length of the deep sleep; -1 = for ever
INT_CHAR = 8  # chip: character that interrupts, -1 = none
INT_REQUEST = 9  # host: counts interrupts
KICKED = 10  # chip: a kick is on its way to the main program
IRQ_OFF = 11  # chip: interrupts are disabled
CPU_HZ = 12
PHASE = 13  # chip: PHASE_*
HEAP_FREE = 14  # chip: free heap when boot.py starts
REPL_MODE = 15  # REPL_*; survives a soft reset
MAC_HIGH = 16  # 3 bytes each
MAC_LOW = 17
SHIM_BYTES = 18  # heap that the chip model itself takes
RECURSION_STACK = 19  # C stack to use up so that recursion ends where the chip's does
RTC_MEM_LEN = 20
HEAP_STALLS_OFF = 21
FLASH_SIZE = 22
HEAP_BYTES = 23  # host: how much heap the program shall have
WAKE_REASON = 24
EXT_WAKE = 25
WIFI_ON = 26  # chip: the radio is on
APP_OFFSET = 27  # host: where in the flash the running app lies; 0 = the first of the partition table

REQUEST_NONE = 0
REQUEST_SOFT = 1
REQUEST_HARD = 2
REQUEST_DEEPSLEEP = 3
REQUEST_PANIC = 5
REQUEST_CUT = 6  # the power went at a flash operation, as the host had asked

PHASE_START = 0
PHASE_BOOT_PY = 1
PHASE_MAIN_PY = 2
PHASE_REPL = 3

REPL_FRIENDLY = 0
REPL_RAW = 1

# -- pins, one word each
PINS = 40
GPIO_OUT = 64
GPIO_MODE = 104  # bit 0 input, 1 output, 2 open drain
GPIO_PULL = 144  # bit 0 down, 1 up
GPIO_IN = 184  # host: 0 nobody drives, 1 low, 2 high
GPIO_FUNC = 224  # FUNC_*
GPIO_TRIGGER = 264
GPIO_FIRED = 304  # host: counts edges that match the trigger

FUNC_GPIO = 0
FUNC_RMT = 1
FUNC_PWM = 2
FUNC_OTHER = 3

# -- timers, 8 words each
TIMERS = 4
TIMER = 352
TIMER_WORDS = 8
T_ACTIVE = 0
T_REPEAT = 1
T_NEXT_S = 2
T_NEXT_US = 3
T_PERIOD_S = 4
T_PERIOD_US = 5
T_FIRED = 6

# -- UART 0..2, 16 words each; heads and tails count bytes (30 bits)
UARTS = 3
UART = 400
UART_WORDS = 16
U_OPEN = 0
U_BAUD = 1
U_RXBUF = 2
U_RX_HEAD = 3
U_RX_TAIL = 4
U_RX_DROPPED = 5
U_TX_HEAD = 6
U_TX_TAIL = 7
U_IRQ = 8
U_IRQ_FIRED = 9
U_TX_LOST = 10

# -- ADC: millivolts at each pin
ADC_MV = 460
# -- lamps whose current is measured, 4 words each
LAMPS = 2
LAMP = 500
LAMP_WORDS = 4
L_ADC = 0  # host: the converter's pin + 1
L_PIN = 1  # host: the lamp driver's pin
L_DIM = 2  # host: its DIM input
L_MV = 3  # host: what the lamp adds while it shines
# -- a DS18B20
THERMOMETER = 508  # host: its pin + 1; 0 = none
THERMOMETER_RAW = 509  # host: sixteenths of a degree

# -- RMT, 16 words each; survives a soft reset
RMTS = 8
RMT = 512
RMT_WORDS = 16
R_INSTALLED = 0
R_PIN = 1
R_DIV = 2
R_IDLE = 3
R_LOOPING = 4
R_START_US = 5
R_PASS_US = 6  # length of a pass, rounded up
R_END_US = 7  # end of the last pass when not looping
R_BUSY = 8
R_FIRST = 9  # position of the first pulse
R_COUNT = 10  # how many

# -- watchdog
WDT_MS = 640  # 0 = off
WDT_FED_US = 641

# -- stalls; us, 0 = none
STALL_ON = 648
STALL_REQUEST_US = 649  # host: block the main program once for so long
STALL_REQUESTS = 650
STALL_TLS_US = 651
STALL_WRITE_MIN_US = 652
STALL_WRITE_MAX_US = 653
STALL_ERASE_MIN_US = 654
STALL_ERASE_MAX_US = 655
STALL_GC_POINTS = 656  # how many (live bytes, us at 240 MHz, us at 160 MHz) follow
STALL_GC = 657
STALL_GC_MAX_POINTS = 6

# -- flash operation under way, for a power cut to tear
FLASH_OP = 680  # FLASH_*
FLASH_ADDRESS = 681
FLASH_LENGTH = 682
FLASH_WRITES = 683
FLASH_ERASES = 684
FLASH_CUT = 685  # host: the power goes at the n-th operation from now on; 0 = at none
FLASH_IDLE = 0
FLASH_PROGRAM = 1
FLASH_ERASE = 2

# -- small blocks that break up the program's heap
FRAGMENT_BYTES = 686  # host: how much of it they shall hold

# -- log of what the pins do: records of 6 words (kind, us, four values)
LOG_HEAD = 690
LOG_TAIL = 691
LOG_LOST = 692
LOG_RECORDS = 8192
LOG_WORDS = 6
LOG = 1024

LOG_EDGE = 1  # pin, level
LOG_FUNC = 2  # pin, FUNC_*, channel
LOG_PWM = 3  # pin, Hz, duty 0..65535
LOG_RMT_CONFIG = 4  # channel, pin, clock_div, idle level
LOG_RMT_START = 5  # channel, position of the first pulse, count, loop
LOG_RMT_STOP = 6  # channel: leave the loop after this pass
LOG_RMT_OFF = 7  # channel
LOG_PWM_OFF = 8  # pin
LOG_NOTE = 9  # what, value
LOG_STALL = 10  # us: a stall of stalls.toml begins

# -- virtual time (gangvakt_sim/soak): the clock that both sides count by, and calls to the host
V_S = 900
V_US = 901
V_NEXT_S = 902  # host: when the world wants to be asked again
V_NEXT_US = 903
V_LEAP_US = 904  # host: uneventful time to leap over, once
V_FIRED = 905  # chip: a source fired and was not delivered yet
V_WORLD = 906  # chip: the host was asked, and may have touched pins and UARTs
V_CALL = 907  # chip: V_CALL_*, its arguments follow
V_ARG = 908
V_ANSWER = 914
V_ASKED = 915  # chip: how often the host was asked
V_CALL_STEP = 0
V_CALL_CONNECT = 1  # socket, address, port, is the link up
V_CALL_SEND = 2  # socket, bytes in NET_TX, is the link up
V_CALL_DATAGRAM = 3  # socket, address, port, bytes in NET_TX, is the link up
V_CALL_CLOSE = 4  # socket
V_CALL_HELLO = 5  # socket: a TLS handshake begins, is it mutual
V_CALL_RANDOM = 6  # bytes into NET_TX
# -- sockets in virtual time, 4 words each
N_SOCKETS = 10
N_SOCKET = 920
N_WORDS = 4
N_STATE = 0  # N_*
N_HEAD = 1  # host: bytes that came, counted
N_TAIL = 2  # chip: bytes that were read
N_ERROR = 3  # host: errno of a failed connection, or the verdict of a handshake
N_FREE = 0
N_CONNECTING = 1
N_OPEN = 2
N_ENDED = 3  # by the peer
N_FAILED = 4

# -- RMT pulses: a word each, duration << 1 | level
PULSE_HEAD = 693
PULSES = 65536
PULSE = LOG + LOG_RECORDS * LOG_WORDS

# -- byte areas
RTC_MEM_BYTE = (PULSE + PULSES) * 4
RTC_MEM_SIZE = 2048
UART_RING = 16384
UART_RX_BYTE = RTC_MEM_BYTE + RTC_MEM_SIZE
UART_TX_BYTE = UART_RX_BYTE + UARTS * UART_RING
FLASH_DATA_BYTE = UART_TX_BYTE + UARTS * UART_RING
FLASH_DATA_SIZE = 8192
CONFIG_BYTE = FLASH_DATA_BYTE + FLASH_DATA_SIZE
CONFIG_SIZE = 8192
NET_RX_BYTE = CONFIG_BYTE + CONFIG_SIZE
NET_RX_SIZE = 4096
NET_TX_BYTE = NET_RX_BYTE + N_SOCKETS * NET_RX_SIZE
NET_TX_SIZE = 8192
SIZE = NET_TX_BYTE + NET_TX_SIZE

# -- limits of the chip's sleeps
SLEEP_PIECE_MS = 400_000  # 30 bits of us hold no more at once
SLEEP_CALLBACK_US = 150  # a shorter sleep_us is a busy wait that runs no callbacks
