"""Gangvakt's controller: watches and steers a fleet of pedestrian-warning signs.

The rooms, imports going downwards only:

cli         the commands, and the composition of `serve`
web         the pages
api         the REST interface, log-in and sessions
registry    sites, signs and enrolment bundles: who may become a sign, and who may come in
ingest      MQTT messages -> checked values -> store and fleet; acknowledgements after the commit
broker      the MQTT broker behind one small interface, and who may say what on it
store       events, signs, dead letters and staff in a database
provision   board files, flash images, keys and identities
fleet       the live model: knows neither HTTP nor MQTT nor SQL

`errors`, `settings` and `clock` stand beside the rooms and may be used by all.
"""

__version__ = "0.1.0"
