"""The chip's own temperature."""

import esp32


def temperature_c():
    """Whole degrees, some 10 to 30 above the surroundings; None where the chip has no sensor.

    The first ESP32 tells Fahrenheit that nobody calibrated: good for comparing a chip with itself.
    """
    if hasattr(esp32, "mcu_temperature"):
        return esp32.mcu_temperature()
    if hasattr(esp32, "raw_temperature"):
        return (esp32.raw_temperature() - 32) * 5 // 9
    return None
