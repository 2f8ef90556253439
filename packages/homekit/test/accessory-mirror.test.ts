import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { SwitchableSource } from '@porchlight/bus';
import { Devices } from '@porchlight/core';
import { hosts } from './support/hosts.ts';
import { addDoor, createHome, settle } from './support/home.ts';

const motion = { capabilities: { motion: {} }, state: { motion: { detected: false } } };

describe.each(hosts)('the mirror on $name', (host) => {
  let warned: ReturnType<typeof jest.spyOn>;
  beforeEach(() => {
    warned = jest.spyOn(console, 'warn');
  });
  afterEach(() => {
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  test('adds a device with what is known about it', () => {
    const home = createHome({ host });
    const known = { manufacturer: 'Immedia', model: 'Mini 2', serial: 'G8T1', firmware: 'v10.64b' };
    addDoor(home, { ...motion, ...known });
    const value = (name: Parameters<typeof home.value>[2]) => home.value('door', 'AccessoryInformation', name);
    expect(home.accessory('door').displayName).toBe('Front door');
    expect(value('Name')).toBe('Front door');
    expect(value('Manufacturer')).toBe('Immedia');
    expect(value('Model')).toBe('Mini 2');
    expect(value('SerialNumber')).toBe('G8T1');
    expect(value('FirmwareRevision')).toBe('10.64');
  });

  test('fills in what is not known', () => {
    const home = createHome({ host });
    addDoor(home, motion);
    const value = (name: Parameters<typeof home.value>[2]) => home.value('door', 'AccessoryInformation', name);
    expect(value('Manufacturer')).toBe('Porchlight');
    expect(value('Model')).toBe('testing');
    expect(value('SerialNumber')).toBe('testing-door');
    expect(value('FirmwareRevision')).toBe('1.2.3');
  });

  test.each([
    ['Front door', 'Front door', 'Front door Battery'],
    ['🚪 Café — "Süd" ', 'Café Süd', 'Café Süd Battery'],
    ['A', 'Device A', 'Device A Battery'],
    ['x'.repeat(64), 'x'.repeat(64), `${'x'.repeat(56)} Battery`],
  ])('names the services of %j', (name, first, second) => {
    const home = createHome({ host });
    addDoor(home, { name, capabilities: { battery: {}, motion: {} } });
    expect(home.value('door', 'MotionSensor', 'ConfiguredName')).toBe(first);
    expect(home.value('door', 'MotionSensor', 'Name')).toBe(first);
    expect(home.value('door', 'Battery', 'ConfiguredName')).toBe(second);
    expect(home.service('door', 'MotionSensor').isPrimaryService).toBe(true);
  });

  test('removes a device that goes', () => {
    const home = createHome({ host });
    addDoor(home, motion).remove();
    expect(home.homebridge.accessories).toEqual([]);
  });

  test('follows capabilities that come and go', () => {
    const home = createHome({ host });
    const door = addDoor(home, motion);
    door.describe({ capabilities: { temperature: {}, motion: {} } });
    door.update('temperature', { celsius: 7 });
    expect(home.value('door', 'TemperatureSensor', 'CurrentTemperature')).toBe(7);
    door.describe({ capabilities: { temperature: {} } });
    expect(() => home.service('door', 'MotionSensor')).toThrow('has no MotionSensor');
    expect(home.value('door', 'TemperatureSensor', 'ConfiguredName')).toBe('Front door');
    door.describe({ capabilities: {} });
    expect(home.homebridge.accessories).toEqual([]);
  });

  test('follows a rename at the source', () => {
    const home = createHome({ host });
    const door = addDoor(home, { ...motion, capabilities: { motion: {}, battery: {} } });
    door.describe({ name: 'Back door' });
    expect(home.accessory('door').displayName).toBe('Back door');
    expect(home.value('door', 'MotionSensor', 'ConfiguredName')).toBe('Back door');
    expect(home.value('door', 'Battery', 'ConfiguredName')).toBe('Back door Battery');
  });

  test("keeps the owner's own name, also after a restart", async () => {
    const first = createHome({ host });
    addDoor(first, motion);
    const saves = first.homebridge.saves;
    expect(await first.write('door', 'MotionSensor', 'ConfiguredName', 'Burglar eye')).toBe(0);
    await settle();
    expect(first.homebridge.saves).toBe(saves + 1);
    const home = createHome({ host, restored: first.homebridge.readCache() });
    addDoor(home, { ...motion, name: 'Back door' });
    expect(home.value('door', 'MotionSensor', 'ConfiguredName')).toBe('Burglar eye');
    expect(home.homebridge.accessories).toHaveLength(1);
  });

  test('shows a restored accessory without its device as not responding, and takes it over when it comes', async () => {
    const first = createHome({ host });
    addDoor(first, {
      capabilities: { alarm: { modes: ['away'] } },
      state: { alarm: { mode: 'away', phase: 'armed' } },
    });
    const home = createHome({ host, restored: first.homebridge.readCache() });
    expect(await home.read('door', 'SecuritySystem', 'SecuritySystemCurrentState')).toEqual({ status: -70402 });
    expect(await home.write('door', 'SecuritySystem', 'SecuritySystemTargetState', 3)).toBe(-70402);
    expect(home.value('door', 'SecuritySystem', 'StatusFault')).toBe(1);
    const state = { alarm: { mode: 'disarmed', phase: 'idle' } } as const;
    addDoor(home, { capabilities: { alarm: { modes: ['away', 'home'] } }, state });
    expect(await home.read('door', 'SecuritySystem', 'SecuritySystemCurrentState')).toBe(3);
    expect(home.value('door', 'SecuritySystem', 'StatusFault')).toBe(0);
    expect(home.homebridge.accessories).toHaveLength(1);
  });

  test('saves an accessory only when its description has changed', () => {
    const first = createHome({ host });
    addDoor(first, motion);
    expect(first.homebridge.saves).toBe(0);
    const home = createHome({ host, restored: first.homebridge.readCache() });
    const door = addDoor(home, motion);
    expect(home.homebridge.saves).toBe(0);
    door.describe({ model: 'Mini 3' });
    expect(home.homebridge.saves).toBe(1);
  });

  test('prunes what is absent once the source is ready', () => {
    const first = createHome({ host });
    addDoor(first, motion);
    addDoor(first, { ...motion, id: 'gone' });
    const home = createHome({ host, restored: first.homebridge.readCache() });
    addDoor(home, motion);
    expect(home.homebridge.accessories).toHaveLength(2);
    home.mirror.prune();
    expect(home.homebridge.accessories.map(({ displayName }) => displayName)).toEqual(['Front door']);
    expect(() => home.accessory('gone')).toThrow();
  });

  test('prunes nothing while the source has trouble or shows nothing', () => {
    const first = createHome({ host });
    addDoor(first, motion);
    const home = createHome({ host, restored: first.homebridge.readCache() });
    home.mirror.prune();
    expect(home.homebridge.accessories).toHaveLength(1);
    home.devices.setProblem('The cloud does not answer.');
    addDoor(home, { ...motion, id: 'other' });
    home.mirror.prune();
    expect(home.homebridge.accessories).toHaveLength(2);
  });

  test('keeps the accessories, without response, while the service stands by', async () => {
    const source = new SwitchableSource('testing');
    const home = createHome({ host, source });
    const devices = new Devices('testing');
    devices.add({ id: 'door', name: 'Front door', ...motion });
    source.show(devices);
    expect(await home.read('door', 'MotionSensor', 'MotionDetected')).toBe(false);
    source.show(undefined, 'Standing by.');
    home.mirror.prune();
    expect(await home.read('door', 'MotionSensor', 'MotionDetected')).toEqual({ status: -70402 });
    expect(home.value('door', 'MotionSensor', 'StatusFault')).toBe(1);
    source.show(devices);
    expect(await home.read('door', 'MotionSensor', 'MotionDetected')).toBe(false);
    expect(home.homebridge.accessories).toHaveLength(1);
  });

  test('a cached accessory that cannot be understood is left alone until it is pruned', () => {
    const first = createHome({ host });
    addDoor(first, motion);
    const restored = first.homebridge.readCache();
    for (const accessory of restored) accessory.context = { device: { id: 'NOT AN ID' } };
    const home = createHome({ host, restored });
    addDoor(home, { ...motion, id: 'other' });
    expect(home.homebridge.accessories).toHaveLength(2);
  });

  test('a failure in Homebridge stops neither the service nor the other accessories', () => {
    const home = createHome({ host });
    const register = home.homebridge.api.registerPlatformAccessories;
    home.homebridge.api.registerPlatformAccessories = () => {
      throw new Error('the disk is full');
    };
    addDoor(home, motion);
    home.homebridge.api.registerPlatformAccessories = register;
    addDoor(home, { ...motion, id: 'other' });
    expect(home.homebridge.accessories).toHaveLength(1);
    expect(home.log.lines).toEqual(['error: Apple Home could not be brought up to date: the disk is full']);
  });
});
