import type { PlugConfig } from '@porchlight/config-schemas';
import type { ServiceContext } from '@porchlight/core';
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Proof } from '../../domain/grade.ts';

const proofsSchema = z.record(
  z.string(),
  z.object({ fingerprint: z.string(), grade: z.enum(['A', 'B', 'C', 'D']), verifiedAt: z.number() }),
);

/** Settings that say nothing about which plug it is and how it is reached. */
const apart = new Set(['name', 'mayStayOff', 'offSeconds', 'allowUnproven', 'pollSeconds', 'password', 'localKey']);

/** What must be the same for a proof to hold. */
export function fingerprintOf(config: PlugConfig): string {
  const kept = Object.entries(config).filter(([key]) => !apart.has(key));
  const text = JSON.stringify(kept.toSorted(([a], [b]) => a.localeCompare(b)));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

export interface Proofs {
  /** Read anew each time: the test may have been run by another process. */
  find(device: string): Promise<Proof | undefined>;
  store(device: string, proof: Proof): Promise<void>;
  /** Says that a test runs until then (epoch milliseconds), so that nobody else switches the plug; undefined: it is over. */
  announce(device: string, until: number | undefined): Promise<void>;
  /** Whether another process tests this plug now. */
  isTested(device: string, now: number): Promise<boolean>;
}

/** No test takes longer; an older note is one of a test that was killed, milliseconds. */
const longestTestMs = 660_000;

/** The passed tests; written by the test alone. */
export function openProofs({ storage }: Pick<ServiceContext, 'storage'>): Proofs {
  const document = storage.document('proofs', proofsSchema, {});
  const tests = storage.document('tests', z.record(z.string(), z.number()), {});
  return {
    find: async (device) => (await document.read())[device],
    store: async (device, proof) => document.write({ ...(await document.read()), [device]: proof }),
    async announce(device, until) {
      const { [device]: _over, ...others } = await tests.read();
      await tests.write(until === undefined ? others : { ...others, [device]: until });
    },
    async isTested(device, now) {
      const until = (await tests.read())[device];
      return until !== undefined && until > now && until - now <= longestTestMs;
    },
  };
}
