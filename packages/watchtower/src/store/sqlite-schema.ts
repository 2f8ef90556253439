/** Bumped when the tables change; a newer one is refused. */
export const schemaVersion = 1;

export const schema = `
  CREATE TABLE home (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE, grace_ms INTEGER NOT NULL,
    channels TEXT NOT NULL, heard_at INTEGER NOT NULL DEFAULT 0, normal_at INTEGER NOT NULL DEFAULT 0,
    announced_at INTEGER NOT NULL DEFAULT 0, reboot_until INTEGER NOT NULL DEFAULT 0,
    sequence INTEGER NOT NULL DEFAULT 0, said TEXT NOT NULL DEFAULT '', count_from INTEGER NOT NULL DEFAULT 0,
    down_since INTEGER NOT NULL DEFAULT 0, told_at INTEGER NOT NULL DEFAULT 0, reminders INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE tower (checked_at INTEGER NOT NULL, isolated_since INTEGER NOT NULL) STRICT;
  INSERT INTO tower VALUES (0, 0);
  CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, channel TEXT NOT NULL, severity TEXT NOT NULL,
    title TEXT NOT NULL, text TEXT NOT NULL, created_at INTEGER NOT NULL, due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, UNIQUE (key, channel)
  ) STRICT;
  CREATE INDEX message_channel ON message (channel, id);
  PRAGMA user_version = ${schemaVersion};
`;

export const addSignsSql = `
  UPDATE home SET heard_at = ?, normal_at = ?, announced_at = ?, reboot_until = ?, sequence = ?, said = ? WHERE id = ?`;

export const judgeSql = `
  UPDATE home SET heard_at = :heard_at, normal_at = :normal_at, announced_at = :announced_at,
    reboot_until = :reboot_until, count_from = :count_from, down_since = :down_since, told_at = :told_at,
    reminders = :reminders, sequence = :sequence, said = :said WHERE id = :id`;

export const addMessageSql = `
  INSERT INTO message (key, channel, severity, title, text, created_at, due_at)
  VALUES (:key, :channel, :severity, :title, :text, :now, :now) ON CONFLICT DO NOTHING`;
