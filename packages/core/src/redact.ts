const patterns: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic|Digest)\s+[\w.~+/=-]{6,}/gi, '$1 ***'],
  [/(\/\/)[^/@\s:]+:[^/@\s]+@/g, '$1***:***@'],
  [/(\d{6,12}):[\w-]{30,}/g, '$1:***'],
  [/([?&](?:token|key|apikey|api_key|password|secret|code|sig|signature|access_token)=)[^&\s"']+/gi, '$1***'],
  [/("(?:pin|code|[\w-]*(?:token|password|secret|api_?key))"\s*:\s*)"(?:[^"\\]|\\.)*"/gi, '$1"***"'],
];

/** Shortest secret that is replaced wherever it appears; shorter ones would blot out ordinary words. */
const minSecretLength = 4;

/** Returns a function that blots out the given secrets and everything that looks like a credential. */
export function createRedactor(secrets: readonly string[] = []): (text: string) => string {
  const known = [...new Set(secrets)]
    .filter((secret) => secret.length >= minSecretLength)
    .toSorted((a, b) => b.length - a.length)
    .flatMap((secret) => [secret, encodeURIComponent(secret)]);
  return (text) => {
    let clean = text;
    for (const secret of known) clean = clean.replaceAll(secret, '***');
    for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
    return clean;
  };
}

/** An id for a log line: enough to recognise it, too little to use it. */
export function shortenId(id: string): string {
  return id.length <= 8 ? id : `${id.slice(0, 4)}…${id.slice(-2)}`;
}
