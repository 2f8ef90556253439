import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { usbPowerSchema } from '@porchlight/config-schemas';
import { parseConfig } from '@porchlight/core';
import { buildContext } from '@porchlight/core/testing';
import { plainHub, raspberryPi4 } from '@porchlight/simulators';
import { service as definition, UsbPowerService } from '../src/service.ts';
import { afterwards, cleverLamp, mouse, openHouse, runLamp, stick, type House } from './support/house.ts';

// The fake programs are processes of their own.
jest.setTimeout(30_000);

const houses: House[] = [];
afterEach(async () => {
  for (const house of houses.splice(0)) await house.cleanUp();
});

async function open(options: Parameters<typeof openHouse>[0] = {}): Promise<House> {
  const house = await openHouse(options);
  houses.push(house);
  return house;
}

test('without a lamp it is idle and says what to do', async () => {
  const context = buildContext();
  const parsed = parseConfig(definition.configSchema, {});
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const idle = definition.create(parsed.config, context);
  await idle.start();
  expect(idle.devices.problem).toContain('No lamp is configured');
  expect(context.log.lines).toEqual([expect.stringContaining('warn: No lamp is configured')]);
  await idle.stop();
});

test('on and off reach the hardware, both sides of the socket, and the state follows', async () => {
  const { usb, ...house } = await open();
  const lamp = await runLamp({ usb, ...house });
  expect([lamp.isOn(), usb.isLit('1-1.4')]).toEqual([false, false]);
  await lamp.command(true);
  expect([lamp.isOn(), usb.isLit('1-1.4')]).toEqual([true, true]);
  await lamp.command(false);
  expect([lamp.isOn(), usb.isLit('1-1.4')]).toEqual([false, false]);
  expect(usb.writes).toEqual(['1-1.4 off', '2-1.4 off', '1-1.4 on', '2-1.4 on', '1-1.4 off', '2-1.4 off']);
  expect(lamp.context.log.lines).toEqual([
    'info: Lamp: Switched by port-disable at USB port 1-1.4: the kernel switches the port; whether the hub cuts power shows at the lamp.',
  ]);
  await lamp.stop();
});

test('what another hand switches is seen at the next look, and without a change nothing is said', async () => {
  const house = await open();
  const lamp = await runLamp(house);
  const changes: unknown[] = [];
  lamp.service.devices.subscribe((change) => changes.push(change));
  await lamp.context.clock.advance(60_000);
  expect(changes).toEqual([]);
  house.usb.switchByHand('1-1.4', true);
  expect(lamp.isOn()).toBe(false);
  await lamp.context.clock.advance(5_000);
  expect(lamp.isOn()).toBe(true);
  await lamp.stop();
});

describe('what else hangs there', () => {
  test('a disk is never cut off: the refusal names it, and the lamp is shown as it is', async () => {
    const house = await open();
    const lamp = await runLamp(house);
    await lamp.command(true);
    house.usb.plug('1-1.4', stick);
    await expect(lamp.command(false)).rejects.toMatchObject({ code: 'usb.refused' });
    expect(house.usb.isLit('1-1.4')).toBe(true);
    expect(lamp.isOn()).toBe(true);
    expect(lamp.health()).toMatchObject({ ok: false });
    expect(lamp.health()?.problem).toContain('SanDisk Ultra (0781:5581, 1-1.4) with the disk sda');
    house.usb.unplug('1-1.4');
    await lamp.command(false);
    expect(lamp.health()).toEqual({ ok: true });
    await lamp.stop();
  });

  test('on a Pi 4 a mouse in any socket is in the way, unless that is allowed', async () => {
    const house = await open({ board: raspberryPi4 });
    house.usb.plug('1-1.2', mouse);
    const lamp = await runLamp(house);
    expect(lamp.health()?.problem).toContain('Mouse (046d:c077, 1-1.2)');
    expect(lamp.isOn()).toBe(true);
    expect(house.usb.writes).toEqual([]);
    await lamp.stop();
    const bold = await runLamp(house, { switchOthers: true });
    expect(house.usb.isLit('1-1.4')).toBe(false);
    expect(bold.health()).toEqual({ ok: true });
    await bold.stop();
  });

  test('at a stop the disk is left alone too', async () => {
    const house = await open();
    const lamp = await runLamp(house);
    await lamp.command(true);
    house.usb.plug('1-1.4', stick);
    await lamp.stop();
    expect(house.usb.isLit('1-1.4')).toBe(true);
  });
});

test('a lamp with a chip, named by what it is, is found again after its power was off', async () => {
  const house = await open();
  house.usb.plug('1-1.4', cleverLamp);
  const lamp = await runLamp(house, { port: '1a86:7523:L1' });
  expect(house.usb.isLit('1-1.4')).toBe(false);
  await lamp.context.clock.advance(10_000);
  expect(lamp.health()).toEqual({ ok: true });
  const next = await runLamp(house, { port: '1a86:7523:L1' }, afterwards(lamp.context));
  await next.command(true);
  expect(house.usb.isLit('1-1.4')).toBe(true);
  await lamp.stop();
  await next.stop();
});

test('a hub that leaves: No Response, one line; when it is back the lamp is as it was wanted', async () => {
  const house = await open();
  const lamp = await runLamp(house);
  house.usb.setHub('1-1', false);
  await lamp.context.clock.advance(60_000);
  expect(lamp.health()).toMatchObject({ ok: false, reachable: false });
  await expect(lamp.command(true)).rejects.toMatchObject({ code: 'usb.not-found' });
  house.usb.setHub('1-1', true);
  expect(house.usb.isLit('1-1.4')).toBe(true);
  await lamp.context.clock.advance(60_000);
  expect([lamp.health()?.ok, lamp.isOn(), house.usb.isLit('1-1.4')]).toEqual([true, false, false]);
  const lines = lamp.context.log.lines.slice(1);
  expect(lines).toEqual([
    expect.stringContaining('warn: Lamp: USB port 1-1.4 is not there any more'),
    expect.stringContaining('warn: Lamp: There is no USB port 1-1.4'),
    expect.stringContaining('info: Lamp: Found again (after'),
  ]);
  await lamp.stop();
});

test.each([
  ['EACCES', 'usb permissions'],
  ['EROFS', 'read-only'],
] as const)('%s at the start says what to do, and it works as soon as it is put right', async (errno, remedy) => {
  const house = await open();
  house.usb.troubles.errno = errno;
  const lamp = await runLamp(house);
  expect(lamp.health()).toMatchObject({ ok: false, reachable: false });
  expect(lamp.health()?.problem).toContain(remedy);
  await lamp.context.clock.advance(3_600_000);
  expect(lamp.context.log.lines).toHaveLength(1);
  delete house.usb.troubles.errno;
  await lamp.context.clock.advance(60_000);
  expect(lamp.health()).toEqual({ ok: true });
  await lamp.stop();
});

test('a hub that does not do what it says is told of, and the state is what is true', async () => {
  const house = await open();
  const lamp = await runLamp(house);
  house.usb.troubles.isDeaf = true;
  await expect(lamp.command(true)).rejects.toMatchObject({ code: 'usb.no-effect' });
  expect(lamp.isOn()).toBe(false);
  house.usb.troubles.isDeaf = false;
  await lamp.command(true);
  expect(lamp.health()).toEqual({ ok: true });
  expect(lamp.context.log.lines.at(-1)).toContain('can be switched again');
  await lamp.stop();
});

test('two lamps on one power switch: the second says with whom it would share', async () => {
  const house = await open({ board: raspberryPi4 });
  const context = buildContext();
  const lamps = [
    { name: 'First', port: '1-1.1' },
    { name: 'Second', port: '1-1.3' },
  ];
  const both = new UsbPowerService(context, house.machine({ lamps }));
  await both.start();
  const healths = ['first', 'second'].map((id) => both.devices.state(id, 'health'));
  expect(healths.filter((health) => health?.ok)).toHaveLength(1);
  expect(healths.find((health) => !health?.ok)?.problem).toMatch(/same power as (First|Second)/);
  await both.stop();
});

test('a disk that cannot be written keeps no lamp from being switched', async () => {
  const house = await open();
  const context = buildContext();
  const { document } = context.storage;
  context.storage.document = (...args) => ({
    ...document(...args),
    write: () => Promise.reject(new Error('disk full')),
  });
  const lamp = await runLamp(house, { atStart: 'last' }, context);
  await lamp.command(true);
  expect(house.usb.isLit('1-1.4')).toBe(true);
  expect(context.log.lines.join()).toContain('cannot be kept: disk full');
  await lamp.stop();
});

test('says nothing for an hour after the line of its start, and nothing is left waiting', async () => {
  const house = await open();
  const lamp = await runLamp(house);
  await lamp.context.clock.advance(3_600_000);
  expect(lamp.context.log.lines).toHaveLength(1);
  await lamp.stop();
  expect(lamp.context.clock.pending).toBe(0);
});

test('a hub that cannot switch is not pretended to', async () => {
  const house = await open({ board: plainHub, hasUhubctl: true });
  const lamp = await runLamp(house);
  expect(lamp.health()?.problem).toContain('The hub cannot switch power');
  await lamp.stop();
});

test('the schema: what is missing or twice is said with its place', () => {
  const check = (lamps: object[]) => parseConfig(usbPowerSchema, { lamps });
  expect(check([{ name: 'A' }])).toMatchObject({ ok: false, problems: [expect.stringContaining('lamps[0].port')] });
  expect(check([{ name: 'A', driver: 'gpio-relay' }])).toMatchObject({
    problems: [expect.stringContaining('lamps[0].pin')],
  });
  expect(check([{ name: 'A', driver: 'uhubctl' }])).toMatchObject({ problems: [expect.stringContaining('uhubctl')] });
  expect(check([{ name: 'A', port: '../../etc' }])).toMatchObject({ ok: false });
  const twice = [
    { name: 'A', port: '1-1' },
    { name: 'a ', port: '1-2' },
  ];
  expect(check(twice)).toMatchObject({ problems: [expect.stringContaining('different names')] });
});
