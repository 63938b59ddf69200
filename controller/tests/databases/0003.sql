-- A controller's database as revision 0003 left it.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE bundles (
	id VARCHAR(8) NOT NULL, 
	label TEXT NOT NULL, 
	certificate BLOB NOT NULL, 
	serial VARCHAR(40) NOT NULL, 
	sites TEXT NOT NULL, 
	most_signs INTEGER NOT NULL, 
	created_ms BIGINT NOT NULL, 
	expires_ms BIGINT NOT NULL, 
	authority VARCHAR(64) NOT NULL, 
	revoked_ms BIGINT, 
	PRIMARY KEY (id)
);
INSERT INTO "bundles" VALUES('5f00aa11','van 3',X'3082','0c','["drammen/storgata"]',20,1795000000000,1797000000000,'efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef',NULL);
CREATE TABLE certificates (
	fingerprint VARCHAR(64) NOT NULL, 
	registration INTEGER NOT NULL, 
	serial VARCHAR(40) NOT NULL, 
	ends_ms BIGINT NOT NULL, 
	added_ms BIGINT NOT NULL, 
	PRIMARY KEY (fingerprint), 
	FOREIGN KEY(registration) REFERENCES registrations (id)
);
INSERT INTO "certificates" VALUES('cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',4,'0a1b',1826000000000,1795000000000);
CREATE TABLE commands (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	sign VARCHAR(64) NOT NULL, 
	request VARCHAR(16) NOT NULL, 
	verb TEXT NOT NULL, 
	args TEXT NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	sent_ms BIGINT NOT NULL, 
	answered_ms BIGINT, 
	answer TEXT
);
INSERT INTO "commands" VALUES(7,'drammen/storgata/north','q1','identify','{"s": 5}','admin',1795000002000,1795000002500,'{"id": "q1", "ok": true}');
CREATE TABLE dead_letters (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	received_ms BIGINT NOT NULL, 
	topic TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	payload BLOB NOT NULL, 
	size BIGINT NOT NULL
);
INSERT INTO "dead_letters" VALUES(1,1795000000000,'t','why',X'00FF',2);
CREATE TABLE events (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	sign VARCHAR(64) NOT NULL, 
	incarnation VARCHAR(8) NOT NULL, 
	boot BIGINT NOT NULL, 
	seq BIGINT NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	utc_ms BIGINT NOT NULL, 
	quality VARCHAR(8) NOT NULL, 
	up_ms BIGINT NOT NULL, 
	received_ms BIGINT NOT NULL, 
	detail TEXT NOT NULL, 
	CONSTRAINT uq_events_key UNIQUE (sign, incarnation, boot, seq)
);
INSERT INTO "events" VALUES(1,'drammen/storgata/north','9f3ac01b',1,1,'boot',1795000000000,'utc',10,1795000000100,'{"cause":"power"}');
INSERT INTO "events" VALUES(90,'drammen/storgata/north','9f3ac01b',1,2,'activation_on',1795000100000,'utc',100010,1795000100100,'{"reason":"track","t_kerb_ms":4200,"track":3}');
INSERT INTO "events" VALUES(91,'drammen/storgata/north','9f3ac01b',1,3,'activation_off',1795000112000,'utc',112010,1795000112100,'{"on_ms":12000}');
CREATE TABLE registrations (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	sign VARCHAR(64) NOT NULL, 
	mac VARCHAR(12), 
	board VARCHAR(32), 
	state VARCHAR(10) NOT NULL, 
	issued_by VARCHAR(16) NOT NULL, 
	incarnation VARCHAR(8), 
	replaces VARCHAR(64), 
	group_version INTEGER, 
	group_key VARCHAR(64), 
	report TEXT NOT NULL, 
	created_ms BIGINT NOT NULL, 
	registered_ms BIGINT, 
	changed_ms BIGINT NOT NULL, 
	expires_ms BIGINT, 
	why TEXT
);
INSERT INTO "registrations" VALUES(4,'drammen/storgata/north','a0b1c2d3e4f5','esp32-devkitc','registered','5f00aa11','9f3ac01b',NULL,NULL,NULL,'{"versions": {"app": "1.0"}}',1795000000000,1795000001000,1795000001000,NULL,NULL);
CREATE TABLE signs (
	sign VARCHAR(64) NOT NULL, 
	first_seen_ms BIGINT NOT NULL, 
	last_seen_ms BIGINT NOT NULL, 
	status TEXT, 
	PRIMARY KEY (sign)
);
INSERT INTO "signs" VALUES('drammen/storgata/north',1795000000000,1795000100000,NULL);
CREATE TABLE sites (
	site VARCHAR(64) NOT NULL, 
	title TEXT NOT NULL, 
	brokers TEXT NOT NULL, 
	config TEXT NOT NULL, 
	config_version INTEGER NOT NULL, 
	ssid VARCHAR(32), 
	psk VARCHAR(63), 
	address TEXT NOT NULL, 
	group_version INTEGER NOT NULL, 
	group_key VARCHAR(64) NOT NULL, 
	changed_ms BIGINT NOT NULL, apn VARCHAR(63), 
	PRIMARY KEY (site)
);
INSERT INTO "sites" VALUES('drammen/storgata','Storgata','[["signs.example.no", 8883]]','{"mode": "shadow"}',3,NULL,NULL,'https://signs.example.no',1,'abababababababababababababababababababababababababababababababab',1795000000000,'iot');
CREATE TABLE staff (
	user VARCHAR(64) NOT NULL, 
	password_hash TEXT NOT NULL, 
	must_change BOOLEAN NOT NULL, 
	generation INTEGER NOT NULL, 
	changed_ms BIGINT NOT NULL, 
	PRIMARY KEY (user)
);
INSERT INTO "staff" VALUES('admin','$argon2id$old',0,3,1795000000000);
CREATE TABLE wanted_configs (
	sign VARCHAR(64) NOT NULL, 
	version INTEGER NOT NULL, 
	schema VARCHAR(8) NOT NULL, 
	fields TEXT NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	changed_ms BIGINT NOT NULL, 
	PRIMARY KEY (sign)
);
INSERT INTO "wanted_configs" VALUES('drammen/storgata/north',4,'1','{"lead_ms": 4500}','admin',1795000003000);
CREATE INDEX ix_events_sign_id ON events (sign, id);
CREATE INDEX ix_registrations_sign ON registrations (sign);
CREATE INDEX ix_registrations_mac ON registrations (mac);
CREATE UNIQUE INDEX uq_registrations_pending ON registrations (sign) WHERE state = 'pending';
CREATE UNIQUE INDEX uq_registrations_registered ON registrations (sign) WHERE state = 'registered';
CREATE INDEX ix_certificates_registration ON certificates (registration);
CREATE INDEX ix_commands_sign ON commands (sign);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',91);
INSERT INTO "sqlite_sequence" VALUES('dead_letters',1);
INSERT INTO "sqlite_sequence" VALUES('registrations',4);
INSERT INTO "sqlite_sequence" VALUES('commands',7);
COMMIT;
