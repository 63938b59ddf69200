"""The sign's own MQTT topics. It publishes and subscribes nowhere else."""

ROOT = "gangvakt/v1/"


class Topics:
    """Built from identity.json; `client_id` is also the certificate's common name.

    A topic is put together when it is needed: all of them, held, would take 1 KB.
    """

    def __init__(self, identity):
        self.client_id = "/".join((identity["municipality"], identity["site"], identity["sign"]))

    def of(self, name):
        """The whole topic of a name such as `event/ack`; one with a slash before it is the site's."""
        base = ROOT + self.client_id
        return base[: base.rfind("/")] + name if name[0] == "/" else base + "/" + name

    def name(self, topic):
        """The name of one of the sign's topics, as `of` takes it."""
        base = len(ROOT + self.client_id)
        return topic[topic.rfind("/") :] if topic[base : base + 1] != "/" else topic[base + 1 :]
