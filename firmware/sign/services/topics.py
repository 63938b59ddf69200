"""The sign's own MQTT topics. It publishes and subscribes nowhere else."""

ROOT = "gangvakt/v1/"


class Topics:
    """Built from identity.json; `client_id` is also the certificate's common name."""

    def __init__(self, identity):
        self.client_id = "/".join((identity["municipality"], identity["site"], identity["sign"]))
        base = ROOT + self.client_id
        self.group = base[: base.rfind("/")] + "/group"  # of all poles of the crossing
        self.status = base + "/status"
        self.event = base + "/event"
        self.event_ack = base + "/event/ack"
        self.renewal = base + "/renewal"
        self.telemetry = base + "/telemetry"
        self.config_reported = base + "/config/reported"
        self.update = base + "/update"
        self.piece = base + "/piece"
        self.config_desired = base + "/config/desired"
        self.command = base + "/command"
        self.response = base + "/response"
