import { afterEach, expect, test } from '@jest/globals';
import { buildContext, until } from '@porchlight/core/testing';
import { createRandom, misplace, mutate, startMutatingProxy } from './support/mutations.ts';
import { endpointsOf, startOrganisation, startService } from './support/organisation.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const hourMs = 3_600_000;

/** Alerts of the past, which must never look like something that happens now. */
test.each([
  ['garbled', mutate],
  ['misplaced', misplace],
])(
  'a service that gets nothing but %s answers shows no false motion',
  async (kind, change) => {
    const context = buildContext();
    const cloud = await startOrganisation(context, { settings: { rateLimit: undefined } });
    const now = context.clock.now();
    for (let hour = 3; hour < 20; hour += 1) {
      const deviceUuid = cloud.cameras[hour % 3]?.uuid ?? '';
      await cloud.scenario.raiseAlert({ deviceUuid, timestampMs: now - hour * hourMs, durationSec: 30 });
      cloud.scenario.addSeekpoint(deviceUuid, { a: 'MOTION_HUMAN', ts: now - hour * hourMs });
    }
    const ids = new Set(cloud.org.alerts.map(({ uuid }) => `rhombus-${uuid}`));
    context.storage.files.set(
      'memory',
      JSON.stringify({ movements: [], ids: {}, devices: [], checkedTo: now - 23 * hourMs, marksTo: now - hourMs }),
    );
    const random = createRandom(11);
    const proxy = await startMutatingProxy(cloud.apiUrl, random, change);
    const raw = {
      endpoints: { ...endpointsOf(cloud), api: proxy.url },
      pollSeconds: 5,
      requestsPerHour: 36_000,
      countMovements: true,
      snapshots: false,
    };
    const { service, events } = await startService(cloud, raw, context);
    open.push(
      () => cloud.close(),
      () => proxy.close(),
      () => service.stop(),
    );
    let wasMotion = false;
    service.devices.subscribe((told) => {
      if (told.type === 'state' && told.capability === 'motion') wasMotion ||= told.state.detected;
    });
    const alerts = cloud.org.alerts;
    for (let round = 0; proxy.answers < 500; round += 1) {
      await context.clock.advance(5000);
      const text = change(JSON.stringify(alerts[round % alerts.length]), random);
      const update = parse(text);
      if (typeof update === 'object' && update !== null) {
        cloud.scenario.publish({ entity: 'POLICY_ALERT', type: 'UPDATE', update: update as Record<string, unknown> });
      }
      await until(() => proxy.pending === 0);
    }
    expect(wasMotion).toBe(false);
    expect(events.length).toBeGreaterThan(0);
    // An id that is right in itself cannot be told from the true one.
    if (kind === 'garbled') expect(events.filter(({ id }) => !ids.has(id))).toEqual([]);
    expect(events.every(({ occurredAt }) => occurredAt < now - hourMs)).toBe(true);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(service.devices.list().length).toBeGreaterThan(5);
  },
  120_000,
);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
