import { expect, test } from '@jest/globals';
import { smartPlugSchema } from '@porchlight/config-schemas';
import { parseConfig, type DeviceChange } from '@porchlight/core';
import { buildContext, until } from '@porchlight/core/testing';
import { startHomeNetwork } from '@porchlight/simulators';
import { Relay, startShellyGen2 } from '@porchlight/simulators';
import { service } from '../src/service.ts';
import { hastenClock } from './support/clock.ts';
import { keep } from './support/plugs.ts';

const speed = 3;

test.each([
  ['its answer is heard', 200],
  ['its answer is lost with the network', 0],
])(
  'the plug that feeds the router: unreachable while it is off, back by its own timer, and seen on; %s',
  async (_name, holdUpMs) => {
    const relay = new Relay({ secondMs: 1000 / speed });
    const network = keep(await startHomeNetwork({ relay, bootMs: 300, holdUpMs }));
    const plug = keep(await startShellyGen2({ relay }));
    const port = await network.expose(plug.port);
    const parsed = parseConfig(smartPlugSchema, {
      plugs: [{ type: 'shelly', name: 'Router', host: '127.0.0.1', port }],
    });
    if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
    const running = service.create(parsed.config, { ...buildContext(), clock: hastenClock(speed) });
    keep({ close: () => running.stop() });
    const phases: string[] = [];
    running.devices.subscribe((change: DeviceChange) => {
      if (change.type === 'state' && change.capability === 'power-cycle') phases.push(change.state.phase);
    });
    await running.start();
    const restart = { action: 'run', offSeconds: 2 } as const;
    const begun = running.devices.command({ device: 'router', capability: 'power-cycle' }, restart, 'homekit');
    await network.until(({ router }) => router === 'off');
    expect(network.state.hasLan).toBe(false);
    await begun;
    await until(() => running.devices.state('router', 'power-cycle')?.phase === 'idle', 25_000);
    expect(network.state).toMatchObject({ router: 'up', reboots: 1 });
    expect(relay.history.map(({ on }) => on)).toEqual([false, true]);
    expect(phases.filter((phase, index) => phase !== phases[index - 1])).toEqual(['off', 'restoring', 'idle']);
    expect(running.devices.state('router', 'health')).toEqual({ ok: true });
  },
  30_000,
);
