/** Whether two names mean the same thing: people type them with other capitals and stray spaces. */
export function isSameName(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
