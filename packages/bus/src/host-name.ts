import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * A short key of this machine and what is given: it tells hosts of one house apart, and is the same after every restart,
 * so that a durable session finds its messages again.
 */
export function hostKey(...parts: readonly string[]): string {
  return createHash('sha256')
    .update([hostname(), machineId(), ...parts].join('\n'))
    .digest('hex')
    .slice(0, 12);
}

/** Two machines of one name, as they come from the same image, differ in this. Empty where there is none. */
function machineId(): string {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** A host's name in the house, such as `homebridge@pi-3f2a`; the folder tells several hosts of one machine apart. */
export function hostName(kind: string, folder: string): string {
  return `${kind}@${hostname()}-${hostKey(folder).slice(0, 4)}`;
}
