/** Bumped when the tables change; a newer one is refused. */
export const schemaVersion = 1;

/** Times are epoch milliseconds of the database's clock, which is the only one that several workers share. */
export const schema = `
  CREATE TABLE IF NOT EXISTS watchtower_home (
    id text PRIMARY KEY, name text NOT NULL, token_hash text NOT NULL UNIQUE, grace_ms float8 NOT NULL,
    channels text NOT NULL, heard_at float8 NOT NULL DEFAULT 0, normal_at float8 NOT NULL DEFAULT 0,
    announced_at float8 NOT NULL DEFAULT 0, reboot_until float8 NOT NULL DEFAULT 0,
    sequence float8 NOT NULL DEFAULT 0, said text NOT NULL DEFAULT '', count_from float8 NOT NULL DEFAULT 0,
    down_since float8 NOT NULL DEFAULT 0, told_at float8 NOT NULL DEFAULT 0, reminders float8 NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS watchtower (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), version integer NOT NULL,
    checked_at float8 NOT NULL DEFAULT 0, isolated_since float8 NOT NULL DEFAULT 0
  );
  INSERT INTO watchtower (version) VALUES (${schemaVersion}) ON CONFLICT DO NOTHING;
  CREATE TABLE IF NOT EXISTS watchtower_message (
    id bigserial PRIMARY KEY, key text NOT NULL, channel text NOT NULL, severity text NOT NULL, title text NOT NULL,
    text text NOT NULL, created_at float8 NOT NULL, due_at float8 NOT NULL, attempts float8 NOT NULL DEFAULT 0,
    UNIQUE (key, channel)
  );
  CREATE INDEX IF NOT EXISTS watchtower_message_channel ON watchtower_message (channel, id);
`;

export const nowSql = 'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now';

/** Whoever writes to homes holds this lock, for milliseconds; it goes with the transaction, and so with a killed worker. */
export const lockSql = 'SELECT pg_advisory_xact_lock(8620471)';

/**
 * Another worker may have heard later beats of a home: an older sequence is no sign of life, except for senders that have
 * none. An announcement counts whichever came first.
 */
export const addSignsSql = `
  UPDATE watchtower_home home SET
    heard_at = CASE WHEN x.is_new THEN greatest(home.heard_at, x.heard_at) ELSE home.heard_at END,
    normal_at = CASE WHEN x.is_new THEN greatest(home.normal_at, x.normal_at) ELSE home.normal_at END,
    reboot_until = CASE WHEN x.announced_at > home.announced_at THEN x.reboot_until ELSE home.reboot_until END,
    announced_at = greatest(home.announced_at, x.announced_at),
    sequence = greatest(home.sequence, x.sequence), said = coalesce(x.said, home.said)
  FROM (
    SELECT signs.*, signs.plain_at > known.heard_at OR signs.sequence > known.sequence AS is_new
    FROM unnest($1::text[], $2::float8[], $3::float8[], $4::float8[], $5::float8[], $6::float8[], $7::float8[], $8::text[])
      AS signs (id, heard_at, normal_at, announced_at, reboot_until, sequence, plain_at, said)
    JOIN watchtower_home known ON known.id = signs.id
  ) x
  WHERE home.id = x.id RETURNING home.id, home.down_since, x.is_new`;

export const judgeSql = `
  UPDATE watchtower_home home SET heard_at = x.heard_at, normal_at = x.normal_at, announced_at = x.announced_at,
    reboot_until = x.reboot_until, count_from = x.count_from, down_since = x.down_since, told_at = x.told_at,
    reminders = x.reminders
  FROM unnest($1::text[], $2::float8[], $3::float8[], $4::float8[], $5::float8[], $6::float8[], $7::float8[],
    $8::float8[], $9::float8[])
    AS x (id, heard_at, normal_at, announced_at, reboot_until, count_from, down_since, told_at, reminders)
  WHERE home.id = x.id`;

export const addMessageSql = `
  INSERT INTO watchtower_message (key, channel, severity, title, text, created_at, due_at)
  VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT DO NOTHING`;

/**
 * The oldest one only, so that "is back" never overtakes "is silent". The row lock is the claim: it ends with the connection
 * of a killed worker, and another takes the message at once.
 */
export const nextMessageSql = `
  SELECT id::float8 AS id, key, channel, severity, title, text, created_at, attempts FROM watchtower_message
  WHERE id = (SELECT min(id) FROM watchtower_message WHERE channel = $1) AND due_at <= $2 FOR UPDATE SKIP LOCKED`;
