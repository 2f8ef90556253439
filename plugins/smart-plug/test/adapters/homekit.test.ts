import { expect, test } from '@jest/globals';
import { systemClock } from '@porchlight/core/node';
import { createFakeBus, createMemoryStorage } from '@porchlight/core/testing';
import type { PlugConfigOf } from '@porchlight/config-schemas';
import { pairPlug } from '../../src/adapters/homekit/client.ts';
import { findOn } from '../../src/adapters/homekit/map.ts';
import { openPlug } from '../../src/adapters/open.ts';
import { startHapOutlet } from '../support/hap-outlet.ts';
import { keep, plugConfig, signal } from '../support/plugs.ts';

test('pairs with the code, keeps the keys, reads and switches; a restart needs this machine', async () => {
  const outlet = keep(await startHapOutlet());
  const config = plugConfig({ type: 'homekit', deviceId: outlet.id, host: '127.0.0.1', port: outlet.port });
  const storage = createMemoryStorage();
  const open = () => keep(openPlug(config, { bus: createFakeBus(), clock: systemClock, storage }));
  await expect(open().read(signal())).rejects.toMatchObject({ code: 'plug.refused' });
  const homekit = config as PlugConfigOf<'homekit'>;
  const error = await pairPlug(homekit, storage, '111-22-333', signal()).catch((caught: Error) => caught);
  expect(error).toMatchObject({ code: 'plug.refused' });
  expect(String(error)).not.toContain('111');
  await pairPlug(homekit, storage, outlet.code, signal());
  const port = open();
  expect(port.grade).toBe('D');
  expect(await port.read(signal())).toEqual({ on: true });
  expect(port.identity).toMatchObject({ manufacturer: 'Eve' });
  await port.cut(10, signal());
  expect(outlet.relay.on).toBe(false);
  expect(await port.read(signal())).toEqual({ on: false });
  await port.switch(true, signal());
  expect(outlet.relay.on).toBe(true);
  await port.close();
  await outlet.close();
  await expect(port.switch(true, signal())).rejects.toMatchObject({ code: 'plug.unreachable' });
}, 20_000);

test('an outlet goes before a switch, and short and long types are the same', () => {
  const on = (iid: number) => ({ iid, type: '00000025-0000-1000-8000-0026BB765291' });
  const accessories = [
    { aid: 1, services: [{ type: '49', characteristics: [on(9)] }] },
    {
      aid: 2,
      services: [{ type: '00000047-0000-1000-8000-0026BB765291', characteristics: [{ iid: 10, type: '25' }] }],
    },
  ];
  expect(findOn(accessories)).toBe('2.10');
  expect(findOn(accessories.slice(0, 1))).toBe('1.9');
  expect(findOn([{ aid: 1, services: [] }])).toBeUndefined();
});
