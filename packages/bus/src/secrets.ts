const secretKey = /pass(word|phrase)?$|token$|secret$|pin$|^code$|apikey|privatekey|credential/i;

/** The values of a raw configuration that must never be shown, by the names of their keys. */
export function collectSecrets(raw: unknown, key = ''): string[] {
  if (typeof raw === 'string') return secretKey.test(key) ? [raw] : [];
  if (Array.isArray(raw)) return raw.flatMap((item) => collectSecrets(item, key));
  if (typeof raw !== 'object' || raw === null) return [];
  return Object.entries(raw).flatMap(([name, value]) => collectSecrets(value, name));
}
