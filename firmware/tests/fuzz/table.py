"""Every parser of the sign that reads foreign bytes: its name, and the room and class that know it."""

PARSERS = {
    # by the network
    "mqtt-packets": "of_mqtt.Packets",
    "mqtt-session": "of_mqtt.Session",
    "dns-answer": "of_network.DnsAnswer",
    "ntp-answer": "of_network.NtpAnswer",
    "modem-answer": "of_modem.ModemAnswer",
    # on the sign's topics
    "command": "of_orders.Command",
    "config-desired": "of_config.Desired",
    "event-ack": "of_topics.EventAck",
    "update-offer": "of_updates.Offer",
    "update-piece": "of_updates.Piece",
    "update-signature": "of_updates.SignatureOf",
    "renewal-piece": "of_topics.RenewalPiece",
    "renewal": "of_credentials.Renewal",
    # between poles: by radio, and on the group's topic
    "pole-frame": "of_poles.Frame",
    "pole-group": "of_poles.GroupTopic",
    # at the serial port
    "service-line": "of_console.Line",
    "console": "of_console.Typed",
    # from the sensors
    "ld2450": "of_radars.OfLd2450",
    "ld2451": "of_radars.OfLd2451",
    "ld2410": "of_radars.OfLd2410",
    "c4001": "of_radars.OfC4001",
    "hlk-command": "of_commands.OfHlk",
    "c4001-command": "of_commands.OfC4001",
    "thermometer": "of_radars.Thermometer",
    # what flash, NVS and RTC memory give back after years
    "config-file": "of_config.File",
    "config-trial": "of_config.Trial",
    "identity-file": "of_files.Identity",
    "wiring-file": "of_files.Wiring",
    "number-files": "of_files.Numbers",
    "outbox-record": "of_flash.Record",
    "outbox-ring": "of_flash.Ring",
    "recording-slots": "of_flash.Recordings",
    "app-slot": "of_slots.Header",
    "app-pack": "of_slots.Packed",
    "ladder-memory": "of_ladder.Memory",
}


def made(name):
    """The parser of that name. Only what it needs is loaded: the chip's heap is small."""
    room, kind = PARSERS[name].split(".")
    module = __import__("fuzz." + room, None, None, (kind,))
    found = getattr(module, kind)()
    found.name = name
    return found
