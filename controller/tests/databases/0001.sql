-- A controller's database as revision 0001 left it.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
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
CREATE TABLE signs (
	sign VARCHAR(64) NOT NULL, 
	first_seen_ms BIGINT NOT NULL, 
	last_seen_ms BIGINT NOT NULL, 
	status TEXT, 
	PRIMARY KEY (sign)
);
INSERT INTO "signs" VALUES('drammen/storgata/north',1795000000000,1795000100000,NULL);
CREATE TABLE staff (
	user VARCHAR(64) NOT NULL, 
	password_hash TEXT NOT NULL, 
	must_change BOOLEAN NOT NULL, 
	generation INTEGER NOT NULL, 
	changed_ms BIGINT NOT NULL, 
	PRIMARY KEY (user)
);
INSERT INTO "staff" VALUES('admin','$argon2id$old',0,3,1795000000000);
CREATE INDEX ix_events_sign_id ON events (sign, id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',1);
INSERT INTO "sqlite_sequence" VALUES('dead_letters',1);
COMMIT;
