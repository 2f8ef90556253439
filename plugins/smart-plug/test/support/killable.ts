/** One process with the real service and a real disk, to be killed: `killable.ts <folder> <configuration> <speed>`. */
import { smartPlugSchema } from '@porchlight/config-schemas';
import { parseConfig, silentLog } from '@porchlight/core';
import { createFileStorage } from '@porchlight/core/node';
import { createFakeBus } from '@porchlight/core/testing';
import { service } from '../../src/service.ts';
import { hastenClock } from './clock.ts';

const [, , folder = '', raw = '{}', speed = '1'] = process.argv;
// Hundreds of restarts fit into minutes.
const clock = hastenClock(Number(speed));
const parsed = parseConfig(smartPlugSchema, JSON.parse(raw));
if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
const running = service.create(parsed.config, {
  clock,
  log: silentLog,
  storage: createFileStorage(folder, silentLog),
  bus: createFakeBus(),
  signal: new AbortController().signal,
});
const target = { device: 'router', capability: 'power-cycle' } as const;
process.on('message', () => {
  running.devices.command(target, { action: 'run' }, 'homekit').catch(() => process.send?.('refused'));
});
running.devices.subscribe((change) => {
  if (change.type === 'state' && change.capability === 'power-cycle') process.send?.(change.state.phase);
});
await running.start();
process.send?.(`started ${running.devices.state('router', 'power-cycle')?.phase}`);
