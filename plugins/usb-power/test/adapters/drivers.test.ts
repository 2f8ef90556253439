import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { buildContext } from '@porchlight/core/testing';
import { plainHub, raspberryPi4, raspberryPi5, smartHub } from '@porchlight/simulators';
import { UsbPowerService } from '../../src/service.ts';
import { cleverLamp, mouse, openHouse, runLamp, stick, type House } from '../support/house.ts';

// Each call of the fake uhubctl is a process of its own.
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

describe('uhubctl', () => {
  test('auto takes it where the kernel has no switch; twins, state and another hand are read back', async () => {
    const house = await open({ hasUhubctl: true, hasPortSwitch: false });
    const lamp = await runLamp(house);
    expect(lamp.context.log.lines).toEqual([expect.stringContaining('Switched by uhubctl at USB port 1-1.4')]);
    expect(house.usb.isLit('1-1.4')).toBe(false);
    await lamp.command(true);
    expect(house.usb.isLit('1-1.4')).toBe(true);
    house.usb.switchByHand('1-1.4', false);
    house.usb.switchByHand('2-1.4', false);
    await lamp.context.clock.advance(15_000);
    await lamp.service.stop();
    expect(lamp.isOn()).toBe(false);
  });

  test('its exit code 0 is not believed', async () => {
    const house = await open({ hasUhubctl: true });
    const lamp = await runLamp(house, { driver: 'uhubctl' });
    house.usb.setUhubctl({ isFailing: true });
    await expect(lamp.command(true)).rejects.toMatchObject({
      code: 'usb.program-failed',
      message: 'uhubctl: Failed to control port power!',
    });
    expect(lamp.isOn()).toBe(false);
    house.usb.setUhubctl({ isFailing: false });
    await lamp.command(true);
    await lamp.stop();
  });

  test('taking power a hundred times from four ports gets the time it takes', async () => {
    const house = await open({ board: raspberryPi4, hasUhubctl: true, hasPortSwitch: false });
    const machine = house.machine({ lamps: [{ name: 'Lamp', port: '1-1.4' }] });
    const limits: number[] = [];
    const run: typeof machine.run = (path, args, timeoutMs = 0) => {
      if (args.includes('-r')) limits.push(timeoutMs);
      return machine.run(path, args);
    };
    const running = new UsbPowerService(buildContext(), { ...machine, run });
    await running.start();
    expect(house.usb.isLit('1-1.4')).toBe(false);
    // uhubctl waits 20 ms between two of them.
    expect(limits.filter((limit) => limit > 4 * 100 * 20)).toHaveLength(2);
    await running.stop();
  });

  test('without permission it says how to get it', async () => {
    const house = await open({ hasUhubctl: true });
    house.usb.setUhubctl({ isForbidden: true });
    const lamp = await runLamp(house, { driver: 'uhubctl' });
    expect(lamp.health()?.problem).toContain('porchlight usb permissions');
    await lamp.stop();
  });

  test('not installed', async () => {
    const house = await open();
    const lamp = await runLamp(house, { driver: 'uhubctl' });
    expect(lamp.health()?.problem).toContain('is not installed');
    await lamp.stop();
  });

  test('a ganged hub goes dark only as a whole, so that it asks for all who hang on it', async () => {
    const ganged = smartHub.hubs.map((hub) => ({ ...hub, says: hub.says === 'ppps' ? ('ganged' as const) : hub.says }));
    const house = await open({ hasUhubctl: true, board: { ...smartHub, hubs: ganged } });
    const lamp = await runLamp(house);
    expect(house.usb.isLit('1-1.4')).toBe(false);
    expect(lamp.context.log.lines.join()).toContain('This hub switches all its ports together');
    await lamp.command(true);
    house.usb.plug('1-1.1', mouse);
    await expect(lamp.command(false)).rejects.toMatchObject({ code: 'usb.refused' });
    await lamp.stop();
  });
});

describe('bind-unbind', () => {
  test('detaches and attaches; what was done already is as wanted; the socket keeps its power', async () => {
    const house = await open();
    house.usb.plug('1-1.4', cleverLamp);
    const lamp = await runLamp(house, { driver: 'bind-unbind' });
    expect(lamp.isOn()).toBe(false);
    expect(house.usb.isLit('1-1.4')).toBe(true);
    expect(lamp.context.log.lines).toEqual([expect.stringContaining('warn: Lamp: Switched by bind-unbind')]);
    await lamp.command(true);
    await lamp.command(true);
    await lamp.command(false);
    expect(house.usb.writes).toEqual(['unbind 1-1.4', 'bind 1-1.4', 'unbind 1-1.4']);
    await house.usb.files.write('bus/usb/drivers/usb/bind', '1-1.4');
    await lamp.context.clock.advance(5_000);
    expect(lamp.isOn()).toBe(true);
    await lamp.stop();
  });

  test.each([
    [stick, 'with the disk sda'],
    [undefined, 'There is no USB port 1-9.4'],
  ])('%j', async (device, problem) => {
    const house = await open();
    if (device) house.usb.plug('1-1.4', device);
    const lamp = await runLamp(house, { driver: 'bind-unbind', port: device ? '1-1.4' : '1-9.4' });
    expect(lamp.health()?.problem).toContain(problem);
    expect(house.usb.writes).toEqual([]);
    await lamp.stop();
  });

  test('an empty port has nothing to detach', async () => {
    const house = await open();
    const lamp = await runLamp(house, { driver: 'bind-unbind' });
    expect(lamp.health()).toMatchObject({ reachable: false, problem: expect.stringContaining('not there any more') });
    await lamp.stop();
  });

  test.each(['EACCES', 'EROFS', 'EIO'] as const)('%s', async (errno) => {
    const house = await open();
    house.usb.plug('1-1.4', cleverLamp);
    house.usb.troubles.errno = errno;
    const lamp = await runLamp(house, { driver: 'bind-unbind' });
    expect(lamp.health()).toMatchObject({ ok: false });
    await expect(lamp.command(false)).rejects.toMatchObject({
      code: { EACCES: 'usb.not-permitted', EROFS: 'usb.read-only', EIO: 'usb.failed' }[errno],
    });
    expect(lamp.isOn()).toBe(true);
    await lamp.stop();
  });

  test('an older kernel, and one that does not listen', async () => {
    const house = await open();
    house.usb.plug('1-1.4', cleverLamp);
    house.usb.troubles.isBeforeBusy = true;
    const lamp = await runLamp(house, { driver: 'bind-unbind' });
    await lamp.command(true);
    house.usb.troubles.isDeaf = true;
    await expect(lamp.command(false)).rejects.toMatchObject({ code: 'usb.no-effect' });
    await lamp.stop();
  });

  test('auto takes it as the last resort and says what that means', async () => {
    const house = await open({ board: plainHub, hasUhubctl: true });
    house.usb.plug('1-1.4', cleverLamp);
    const lamp = await runLamp(house);
    expect(lamp.context.log.lines).toEqual([expect.stringContaining('most lamps stay lit')]);
    await lamp.stop();
  });
});

describe('a relay', () => {
  test.each([
    [false, 1],
    [true, 0],
  ] as const)('by rpio, active low %s', async (activeLow, level) => {
    const house = await open({ board: raspberryPi4 });
    const lamp = await runLamp(house, { pin: 17, activeLow });
    await lamp.command(true);
    expect(house.rpio.levels.get(17)).toBe(level);
    house.rpio.levels.set(17, level === 1 ? 0 : 1);
    await lamp.context.clock.advance(5_000);
    expect(lamp.isOn()).toBe(false);
    await lamp.command(true);
    await lamp.stop();
    expect(house.rpio.levels.get(17)).toBe(level === 1 ? 0 : 1);
  });

  test('by pinctrl on a Pi 5', async () => {
    const house = await open({ board: raspberryPi5 });
    const lamp = await runLamp(house, { pin: 17, activeLow: true });
    expect(house.usb.pin(17)).toBe('high');
    await lamp.command(true);
    expect([house.usb.pin(17), lamp.isOn()]).toEqual(['low', true]);
    house.usb.setPinctrl({ isForbidden: true });
    await expect(lamp.command(false)).rejects.toMatchObject({ code: 'usb.gpio' });
    expect(lamp.health()?.problem).toContain('Failed to initialise gpiolib');
    await lamp.stop();
  });

  test('a pin that was never driven is off, and left alone it stays an input', async () => {
    const house = await open({ board: raspberryPi5 });
    const lamp = await runLamp(house, { pin: 17, atStart: 'leave', atStop: 'leave' });
    expect(lamp.isOn()).toBe(false);
    await lamp.stop();
    expect(house.usb.pin(17)).toBeUndefined();
  });

  async function problemOf(house: House, config: object, load?: () => unknown): Promise<string | undefined> {
    const context = buildContext();
    const machine = house.machine({ lamps: [{ name: 'Lamp', pin: 17 }], ...config });
    const running = new UsbPowerService(context, load ? { ...machine, load } : machine);
    await running.start();
    const problem = running.devices.state('lamp', 'health')?.problem;
    await running.stop();
    return problem;
  }

  test('where there are no pins, nothing is pretended', async () => {
    expect(await problemOf(await open(), {})).toContain('needs a Raspberry Pi');
  });

  test('a Pi 5 is unknown to rpio', async () => {
    const house = await open({ board: raspberryPi5 });
    expect(await problemOf(house, { gpioLibrary: 'rpio' })).toContain('Set "gpioLibrary" to "pinctrl"');
  });

  test('rpio: missing, another one, without access, a pin that is taken, a pin that does not follow', async () => {
    const house = await open({ board: raspberryPi4 });
    const missing = (): never => {
      throw Object.assign(new Error("Cannot find module 'rpio'"), { code: 'MODULE_NOT_FOUND' });
    };
    expect(await problemOf(house, {}, missing)).toContain('npm install rpio');
    expect(await problemOf(house, {}, () => ({ version: 3 }))).toContain('needs version 2');
    house.rpio.troubles.hasNoMemory = true;
    expect(await problemOf(house, {})).toContain('group gpio');
    house.rpio.troubles.hasNoMemory = false;
    house.rpio.troubles.taken.add(17);
    expect(await problemOf(house, {})).toContain('currently in use');
    house.rpio.troubles.taken.clear();
    house.rpio.troubles.isDeaf = true;
    expect(await problemOf(house, { lamps: [{ name: 'Lamp', pin: 17, atStart: 'on' }] })).toContain(
      'says that it is not',
    );
  });

  test('pinctrl without an answer for the pin', async () => {
    const house = await open({ board: raspberryPi4 });
    const context = buildContext();
    const machine = house.machine({ lamps: [{ name: 'Lamp', pin: 17 }], gpioLibrary: 'pinctrl' });
    const run = async () => ({ stdout: '17: -- nothing', stderr: '', exitCode: 0 });
    const running = new UsbPowerService(context, { ...machine, run });
    await running.start();
    expect(running.devices.state('lamp', 'health')?.problem).toContain('gives no level');
    await running.stop();
  });
});
