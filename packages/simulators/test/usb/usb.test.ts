import { afterEach, expect, jest, test } from '@jest/globals';
import {
  createFakeRpio,
  plainHub,
  raspberryPi3,
  raspberryPi4,
  startUsb,
  type Usb,
  type UsbOptions,
} from '@porchlight/simulators';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

// The fake programs are processes of their own.
jest.setTimeout(30_000);

const run = promisify(execFile);
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function open(options: Partial<UsbOptions> = {}): Promise<Usb> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-usb-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  const usb = startUsb({ folder, ...options });
  cleanUps.push(() => usb.close());
  return usb;
}

const lamp = { vendor: '1a86', product: '7523', name: 'Clever lamp', serial: 'L1' };
const port4 = 'bus/usb/devices/1-1:1.0/1-1-port4';
const twin4 = 'bus/usb/devices/2-1:1.0/2-1-port4';

test('looks like sysfs: links into the devices, attributes with a newline, root hubs, twins', async () => {
  const { sysfsFolder } = await open();
  const read = (path: string): string => readFileSync(join(sysfsFolder, path), 'utf8');
  expect(readlinkSync(join(sysfsFolder, 'bus/usb/devices/1-1'))).toContain('devices/');
  expect(read('bus/usb/devices/1-1/idVendor')).toBe('05e3\n');
  expect(read('bus/usb/devices/usb2/bDeviceClass')).toBe('09\n');
  expect(read('bus/usb/devices/2-0:1.0/usb2-port1/connect_type')).toBe('hotplug\n');
  expect(readlinkSync(join(sysfsFolder, port4, 'peer'))).toMatch(/2-1-port4$/);
});

test('a port without power loses its device; the lamp is dark when both twins are off', async () => {
  const usb = await open();
  usb.plug('1-1.4', lamp);
  expect(await usb.files.read('bus/usb/devices/1-1.4/product')).toBe('Clever lamp');
  await usb.files.write(`${port4}/disable`, '1');
  expect(await usb.files.read(`${port4}/disable`)).toBe('1');
  expect(await usb.files.read('bus/usb/devices/1-1.4/product')).toBeUndefined();
  expect(usb.isLit('1-1.4')).toBe(true);
  await usb.files.write(`${twin4}/disable`, 'y\n');
  expect(usb.isLit('1-1.4')).toBe(false);
  await usb.files.write(`${port4}/disable`, '0');
  expect(await usb.files.read('bus/usb/devices/1-1.4/product')).toBe('Clever lamp');
  expect(usb.writes).toEqual(['1-1.4 off', '2-1.4 off', '1-1.4 on']);
});

test('bind and unbind answer as the kernel does', async () => {
  const usb = await open();
  usb.plug('1-1.4', lamp);
  const write = (verb: string, id: string) => usb.files.write(`bus/usb/drivers/usb/${verb}`, id);
  const isBound = () => existsSync(join(usb.sysfsFolder, 'bus/usb/drivers/usb/1-1.4'));
  expect(isBound()).toBe(true);
  await expect(write('bind', '1-1.4')).rejects.toMatchObject({ code: 'EBUSY' });
  await write('unbind', '1-1.4\n');
  expect(isBound()).toBe(false);
  expect(usb.isLit('1-1.4')).toBe(true);
  await expect(write('unbind', '1-1.4')).rejects.toMatchObject({ code: 'ENODEV' });
  await expect(write('unbind', '1-1.3')).rejects.toMatchObject({ code: 'ENODEV' });
  await write('bind', '1-1.4');
  expect(isBound()).toBe(true);
  usb.troubles.isBeforeBusy = true;
  await expect(write('bind', '1-1.4')).rejects.toMatchObject({ code: 'ENODEV' });
});

test.each([
  ['EACCES', 'not-permitted'],
  ['EROFS', 'read-only'],
] as const)('refuses with %s', async (errno, access) => {
  const usb = await open();
  usb.troubles.errno = errno;
  await expect(usb.files.write(`${port4}/disable`, '1')).rejects.toMatchObject({ code: errno });
  expect(await usb.files.access(`${port4}/disable`)).toBe(access);
  expect(usb.isLit('1-1.4')).toBe(true);
});

test('nonsense, a missing port, a hub that has gone, and one that does not listen', async () => {
  const usb = await open();
  await expect(usb.files.write(`${port4}/disable`, 'dark')).rejects.toMatchObject({ code: 'EINVAL' });
  await expect(usb.files.write('bus/usb/devices/9-1:1.0/9-1-port1/disable', '1')).rejects.toMatchObject({
    code: 'ENOENT',
  });
  usb.troubles.isDeaf = true;
  await usb.files.write(`${port4}/disable`, '1');
  expect(await usb.files.read(`${port4}/disable`)).toBe('0');
  usb.setHub('1-1', false);
  expect(await usb.files.read(`${port4}/disable`)).toBeUndefined();
  await expect(usb.files.write(`${port4}/disable`, '1')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('watches the files for other processes, and puts nonsense back', async () => {
  const usb = await open({ isWatching: true });
  const file = join(usb.sysfsFolder, port4, 'disable');
  writeFileSync(file, '1');
  writeFileSync(join(usb.sysfsFolder, twin4, 'disable'), '1\n');
  await expectSoon(() => !usb.isLit('1-1.4'));
  writeFileSync(file, 'nonsense');
  await expectSoon(() => readFileSync(file, 'utf8') === '1\n');
  usb.switchByHand('1-1.4', true);
  expect(readFileSync(file, 'utf8')).toBe('0\n');
});

test('boards: a Pi 4 is one gang, a Pi 3 hangs on its port 2, a plain hub never goes dark', async () => {
  const pi4 = await open({ board: raspberryPi4 });
  for (const port of ['1-1.1', '1-1.2', '1-1.3', '1-1.4', '2-1', '2-2', '2-3']) pi4.switchByHand(port, false);
  expect(pi4.isLit('1-1.1')).toBe(true);
  pi4.switchByHand('2-4', false);
  expect(pi4.isLit('1-1.1')).toBe(false);
  const pi3 = await open({ board: raspberryPi3 });
  pi3.switchByHand('1-1.2', false);
  expect(pi3.isLit('1-1.5')).toBe(false);
  const plain = await open({ board: plainHub });
  plain.switchByHand('1-1.1', false);
  expect(plain.isLit('1-1.1')).toBe(true);
});

test('uhubctl prints what the real one prints, switches both twins, and its exit code lies', async () => {
  const usb = await open();
  const list = await run(usb.uhubctlPath, []);
  expect(list.stdout).toContain('Current status for hub 1-1 [05e3:0610 USB2.0 Hub, USB 2.00, 4 ports, ppps]');
  expect(list.stdout).not.toContain('nops');
  expect((await run(usb.uhubctlPath, ['-f'])).stdout).toContain('nops');
  const off = await run(usb.uhubctlPath, ['-l', '1-1', '-p', '4', '-a', 'off']);
  expect(off.stdout).toContain('New status for hub 2-1');
  expect(off.stdout).toContain('  Port 4: 0000 off');
  expect(usb.isLit('1-1.4')).toBe(false);
  usb.setUhubctl({ isFailing: true });
  const { stdout, stderr } = await run(usb.uhubctlPath, ['-l', '1-1', '-p', '4', '-a', '1']);
  expect(stdout).toContain('Sent power on request');
  expect(stderr).toContain('Failed');
  expect(usb.isLit('1-1.4')).toBe(false);
  await expect(run(usb.uhubctlPath, ['-l', '7-7'])).rejects.toMatchObject({ code: 1 });
});

test('programs that switch at the same time undo nothing of each other', async () => {
  const usb = await open();
  const hubs = [1, 2].flatMap((bus) => [1, 2, 3, 4].map((port) => ['-l', `${bus}-1`, '-p', String(port)]));
  const pins = ['4', '17', '22'];
  await Promise.all([
    ...hubs.map((hub) => run(usb.uhubctlPath, ['-e', ...hub, '-a', '0'])),
    ...pins.map((pin) => run(usb.pinctrlPath, ['set', pin, 'op', 'dh'])),
  ]);
  expect([1, 2, 3, 4].map((port) => usb.isLit(`1-1.${port}`))).toEqual([false, false, false, false]);
  expect(pins.map((pin) => usb.pin(Number(pin)))).toEqual(['high', 'high', 'high']);
});

test('pinctrl and rpio remember their levels and refuse as the real ones do', async () => {
  const usb = await open({ board: raspberryPi4 });
  await run(usb.pinctrlPath, ['set', '17', 'op', 'dh']);
  expect((await run(usb.pinctrlPath, ['get', '17'])).stdout).toBe('17: op dh pd | hi // GPIO17 = output\n');
  expect(usb.pin(17)).toBe('high');
  usb.setPinctrl({ isForbidden: true });
  await expect(run(usb.pinctrlPath, ['get', '17'])).rejects.toMatchObject({ code: 255 });

  const { library, levels, troubles } = createFakeRpio();
  const rpio = library as {
    init(): void;
    open(pin: number, mode: number, level: number): void;
    read(pin: number): number;
  };
  troubles.hasNoMemory = true;
  expect(() => rpio.init()).toThrow('Could not initialize');
  troubles.hasNoMemory = false;
  rpio.init();
  rpio.open(17, 1, 1);
  expect([rpio.read(17), levels.get(17)]).toEqual([1, 1]);
  troubles.taken.add(4);
  expect(() => rpio.open(4, 1, 1)).toThrow('in use');
});

async function expectSoon(condition: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`In vain: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
