import { jest } from '@jest/globals';
import { buildContext, until, type FakeContext } from '@porchlight/core/testing';
import type { Rhombus, RhombusOptions } from '@porchlight/simulators';
import { startOrganisation, startService, type Running } from './organisation.ts';

export interface Play extends Running {
  cloud: Rhombus;
  /** Goes on in steps of four seconds (or more), so that real sockets keep up, until it is so. */
  waitFor(isSo: () => boolean, stepMs?: number): Promise<void>;
  /** How often the API was asked for this. */
  asked(path: string): number;
}

// Real sockets, on machines that do other things too.
jest.setTimeout(30_000);

const open: (() => unknown)[] = [];

/** For afterEach: ends everything that was started, the latest first. */
export async function closeAll(): Promise<void> {
  for (const close of open.splice(0).toReversed()) await close();
}

export function onClose(close: () => unknown): void {
  open.push(close);
}

/** A simulated organisation and the service on one fake clock. */
export async function play(
  raw: object = {},
  options: Partial<RhombusOptions> = {},
  context = buildContext(),
): Promise<Play> {
  const cloud = await startOrganisation(context, options);
  open.push(() => cloud.close());
  return join(cloud, raw, context);
}

/** The service once more at the same organisation, after a stop or a crash of the one before. */
export function restart(before: Play, raw: object = {}): Promise<Play> {
  const { clock, storage } = before.context;
  return join(before.cloud, raw, buildContext({ clock, storage }));
}

async function join(cloud: Rhombus, raw: object, context: FakeContext): Promise<Play> {
  const running = await startService(cloud, raw, context);
  open.push(() => running.service.stop());
  return {
    ...running,
    cloud,
    asked: (path) => cloud.api.requests.filter(({ url }) => url.pathname.endsWith(path)).length,
    waitFor: (isSo, stepMs = 4000) =>
      until(async () => {
        await context.clock.advance(stepMs);
        return isSo();
      }),
  };
}

export async function streaming({ cloud }: Play): Promise<void> {
  await until(() => cloud.stream.subscribers === 1);
}
