import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '@porchlight/core/node';
import * as z from 'zod';
import type { Settings } from '../../domain/settings.ts';

const pinsSchema = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/));

interface Peer {
  /** Name and port. */
  host: string;
  /** SHA-256 of the certificate, hexadecimal. */
  fingerprint: string;
  /** A known authority vouches for it, and the name fits. */
  isVerified: boolean;
}

/** Which certificates of LAN devices are trusted: by authority, by the user's pins, or those seen first. */
export interface PinBook {
  /** `trusted`, or what is wrong with it. */
  judge(peer: Peer): string;
  /** Resolves once all that was seen is on the disk. */
  saved(): Promise<void>;
}

interface PinOptions {
  path: string;
  trust: Settings['network']['lanTrust'];
  given: readonly string[];
  onProblem: (message: string) => void;
}

/** Opens the book of certificates that were seen first; one that cannot be read trusts none of them. */
export async function openPins({ path, trust, given, onProblem }: PinOptions): Promise<PinBook> {
  const known = trust === 'pin' ? await readPins(path, onProblem) : {};
  let saving = Promise.resolve();
  return {
    judge({ host, fingerprint, isVerified }) {
      if (trust === 'any' || isVerified || given.includes(fingerprint)) return 'trusted';
      if (trust === 'verify' || given.length > 0) {
        return `The certificate of ${host} is neither signed by a known authority nor pinned (SHA-256 ${fingerprint}); see --lan-trust and --lan-pin.`;
      }
      const pinned = known[host];
      if (pinned === fingerprint) return 'trusted';
      if (pinned !== undefined) {
        return `The certificate of ${host} is not the one it showed before (now SHA-256 ${fingerprint}). If the camera was reset, delete its line from ${path}.`;
      }
      known[host] = fingerprint;
      const text = `${JSON.stringify(known, undefined, 2)}\n`;
      saving = saving.then(() => writeFileAtomic(path, text)).catch((error: unknown) => onProblem(String(error)));
      return 'trusted';
    },
    saved: () => saving,
  };
}

async function readPins(path: string, onProblem: (message: string) => void): Promise<Record<string, string>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return {};
  }
  try {
    return pinsSchema.parse(JSON.parse(text));
  } catch {
    onProblem(`${path} cannot be read: the certificates of LAN devices are learned anew.`);
    return {};
  }
}
