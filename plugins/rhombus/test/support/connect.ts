import { PorchlightError } from '@porchlight/core';
import { buildContext, type FakeContext } from '@porchlight/core/testing';
import type { Rhombus } from '@porchlight/simulators';
import { RhombusCloud, type CloudSettings } from '../../src/adapters/cloud/client.ts';
import { startOrganisation } from './organisation.ts';
import { onClose } from './play.ts';

export const credentials = {
  headers: { 'x-auth-scheme': 'api-token', 'x-auth-apikey': 'simulated-api-token' },
  tls: {},
  canStream: true,
};

export interface Connected {
  cloud: RhombusCloud;
  rhombus: Rhombus;
  context: FakeContext;
}

/** The client alone at a simulated organisation. */
export async function connect(change: Partial<CloudSettings> = {}): Promise<Connected> {
  const context = buildContext();
  const rhombus = await startOrganisation(context);
  onClose(() => rhombus.close());
  const addresses = { apiUrl: rhombus.apiUrl, mediaUrl: rhombus.wanUrl };
  const settings = { ...addresses, credentials, requestsPerHour: 36_000, timeoutMs: 5000, ...change };
  const cloud = new RhombusCloud(settings, context);
  onClose(() => cloud.close());
  return { cloud, rhombus, context };
}

/** The error of ours that something fails with. */
export async function failure(ask: () => Promise<unknown>): Promise<PorchlightError> {
  const error: unknown = await ask().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PorchlightError)) throw new Error(`no error of ours: ${String(error)}`);
  return error;
}
