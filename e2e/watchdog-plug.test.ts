import { afterEach, expect, test } from '@jest/globals';
import { freePort, until } from '@porchlight/core/testing';
import { startHomeNetwork, startShellyGen2, type HomeNetwork } from '@porchlight/simulators';
import { eventually, pair, type Controller } from './support/controller.ts';
import { createHomebridge, type Homebridge } from './support/homebridge.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const closed = 0;
const offSeconds = 5;

interface House {
  network: HomeNetwork;
  homebridge: Homebridge;
  controller: Controller;
}

/** Both plugins in one Homebridge, in a home whose router hangs on a Shelly, which hangs on the router's network. */
async function openHouse(more: object = {}): Promise<House> {
  const network = await startHomeNetwork({ bootMs: 1_000 });
  cleanUps.push(() => network.close());
  const shelly = await startShellyGen2({ relay: network.relay });
  cleanUps.push(() => shelly.close());
  const port = await network.expose(shelly.port);
  const broker = { port: await freePort() };
  const { targets } = network;
  const probes = [
    ...targets.tcp.map((target, index) => ({ type: 'tcp', ...target, owner: `host ${index}` })),
    { type: 'http', url: `${targets.http}/success.txt`, body: 'success' },
  ];
  const times = { intervalSeconds: 2, timeoutSeconds: 1, offlineAfterSeconds: 5, startupGraceSeconds: 0 };
  const plug = {
    type: 'shelly',
    name: 'Router',
    host: '127.0.0.1',
    port,
    offSeconds,
    pollSeconds: 2,
    allowUnproven: true,
  };
  const platforms = [
    { platform: 'PorchlightSmartPlug', plugs: [plug], broker },
    {
      platform: 'PorchlightWatchdog',
      device: 'smart-plug/router',
      offSeconds,
      bootGraceSeconds: 30,
      gateway: '127.0.0.1',
      probes,
      broker,
      ...times,
      ...more,
    },
  ];
  const homebridge = await createHomebridge({ platforms });
  cleanUps.push(() => homebridge.remove());
  await homebridge.start();
  const controller = await pair(homebridge);
  cleanUps.push(() => controller.close());
  await eventually(controller, ['ContactSensor', 'ContactSensorState'], closed);
  return { network, homebridge, controller };
}

test('the line hangs, the plug restarts the router that feeds the plug, and all is well', async () => {
  const { network, homebridge, controller } = await openHouse();
  const contacts = await controller.watch('ContactSensor', 'ContactSensorState');
  await network.outage({ type: 'wan', until: 'reboot', needsOffMs: 3_000 });
  await until(() => contacts.includes(1), 30_000);
  await until(() => contacts.at(-1) === closed, 60_000);
  expect(network.state.reboots).toBe(1);
  expect(network.relay.on).toBe(true);
  await until(() => homebridge.lines.some((line) => line.includes('The router was restarted once.')));
}, 150_000);

test('Homebridge is killed while the router is off: the router comes back, and is restarted no second time', async () => {
  const { network, homebridge, controller } = await openHouse({ maxRebootsPerOutage: 1 });
  await network.outage({ type: 'wan', until: 'mended' });
  await network.until(({ router }) => router === 'off', 40_000);
  await controller.close();
  await homebridge.kill();
  await network.until(({ router }) => router === 'up', 20_000);
  await homebridge.start();
  const isExhausted = (line: string): boolean => line.includes('Restarting the router once did not help');
  await until(() => homebridge.lines.some(isExhausted), 60_000);
  expect(network.state.reboots).toBe(1);
  await network.mend();
  await until(() => homebridge.lines.some((line) => line.includes('The router was restarted once.')), 30_000);
  expect(network.state.reboots).toBe(1);
}, 150_000);
