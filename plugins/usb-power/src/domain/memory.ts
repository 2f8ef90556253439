/** What is kept about a lamp; times are epoch milliseconds. */
export interface LampMemory {
  on: boolean;
  offAt?: number;
  /** Where the lamp was seen, for one that is found by its identity. */
  port?: string;
}

/** An alarm that flashes a lamp switches it twice a second; a memory that is this little wrong is not written again. */
const toleranceMs = 30_000;

/**
 * Whether the memory on disk may stay as it is. It may name an earlier time to go off, never a later one, and never
 * say off of a lamp that is on.
 */
export function isGoodEnough(stored: LampMemory, wanted: LampMemory): boolean {
  if (stored.port !== wanted.port || stored.on !== wanted.on) return false;
  if (stored.offAt === undefined || wanted.offAt === undefined) return stored.offAt === wanted.offAt;
  return stored.offAt <= wanted.offAt && wanted.offAt - stored.offAt <= toleranceMs;
}
