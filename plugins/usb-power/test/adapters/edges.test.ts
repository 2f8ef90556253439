import { afterEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { raspberryPi3, startUsb } from '@porchlight/simulators';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryPort } from '../../src/adapters/commands/trial.ts';
import { loadLibrary } from '../../src/adapters/gpio-relay/rpio.ts';
import { parsePinctrl, rpioSchema } from '../../src/adapters/gpio-relay/schema.ts';
import { runProgram } from '../../src/adapters/program/client.ts';
import { Sysfs } from '../../src/adapters/sysfs/client.ts';
import { openSysfs } from '../../src/adapters/sysfs/files.ts';
import { parseStatus } from '../../src/adapters/uhubctl/schema.ts';
import { commands, survey } from '../../src/service.ts';
import { mouse, stick } from '../support/house.ts';

// The fake programs are processes of their own.
jest.setTimeout(30_000);

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-usb-edges-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('the files of the machine itself: links, attributes, and no file is ever made', async () => {
  const folder = await makeFolder();
  const usb = startUsb({ folder });
  const files = openSysfs(usb.sysfsFolder);
  expect(await files.list('bus/usb/drivers/usb')).toContain('1-1');
  expect(await files.list('no/such/folder')).toEqual([]);
  expect(await files.read('bus/usb/devices/1-1/idVendor')).toBe('05e3');
  expect(await files.read('bus/usb/devices/1-9/idVendor')).toBeUndefined();
  expect(await files.follow('bus/usb/devices/1-1')).toBe('1-1');
  expect(await files.follow('bus/usb/devices/1-9')).toBeUndefined();
  expect(await files.access('bus/usb/devices/1-9/disable')).toBe('missing');
  const port = 'bus/usb/devices/1-1:1.0/1-1-port4/disable';
  expect(await files.access(port)).toBe('usable');
  await files.write(port, '1');
  expect(await files.read(port)).toBe('1');
  await expect(files.write('bus/usb/devices/1-1:1.0/1-1-port9', '1')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a survey reads everything, and a device that leaves meanwhile is left out', async () => {
  const usb = startUsb({ folder: await makeFolder(), board: raspberryPi3 });
  usb.plug('1-1.3', { ...stick, serial: 'S1' });
  usb.plug('1-1.1', { vendor: '0424', product: 'ec00', name: '', network: 'eth0' });
  usb.plug('1-1.5', { ...mouse, name: '\u001B[31mMouse\u0007', manufacturer: 'Evil' });
  const tree = await new Sysfs(openSysfs(usb.sysfsFolder)).survey();
  expect(tree.model).toBe('Raspberry Pi 3 Model B Rev 1.2');
  expect(tree.devices.find(({ id }) => id === '1-1.3')).toEqual({
    id: '1-1.3',
    vendor: '0781',
    product: '5581',
    serial: 'S1',
    name: 'SanDisk Ultra',
    isHub: false,
    isBound: true,
    storage: ['sda'],
    network: [],
  });
  expect(tree.devices.find(({ id }) => id === '1-1.1')).toMatchObject({ name: 'USB device', network: ['eth0'] });
  expect(tree.devices.find(({ id }) => id === '1-1.5')?.name).toBe('Evil [31mMouse');
  expect(tree.ports.filter(({ hub }) => hub === '1-1').map(({ id }) => id)).toEqual([
    '1-1.1',
    '1-1.2',
    '1-1.3',
    '1-1.4',
    '1-1.5',
  ]);
  await writeFile(join(usb.sysfsFolder, 'bus/usb/devices/1-1.3/idVendor'), 'nonsense\n');
  const half = await new Sysfs(openSysfs(usb.sysfsFolder)).survey();
  expect(half.devices.some(({ id }) => id === '1-1.3')).toBe(false);
  expect(await new Sysfs(openSysfs('/nowhere')).isPresent()).toBe(false);
});

test('programs: output, failing exit, missing, no program, hanging', async () => {
  const folder = await makeFolder();
  const script = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\n${text}\n`);
    await chmod(path, 0o755);
    return path;
  };
  expect(await runProgram(await script('good', 'echo "$LC_ALL $1"'), ['x'])).toEqual({
    stdout: 'C x\n',
    stderr: '',
    exitCode: 0,
  });
  expect(await runProgram(await script('bad', 'echo no >&2; exit 3'), [])).toMatchObject({
    stderr: 'no\n',
    exitCode: 3,
  });
  await expect(runProgram(join(folder, 'none'), [])).rejects.toMatchObject({ code: 'usb.program-missing' });
  const slow = await script('slow', 'exec sleep 60');
  await expect(runProgram(slow, [], 100)).rejects.toMatchObject({ code: 'usb.program-failed' });
});

test('what uhubctl prints: old and new versions, USB 3, off, and noise', () => {
  const text = [
    'Current status for hub 2 [1d6b:0003 Linux xhci-hcd, USB 3.00, 4 ports, ppps]',
    '  Port 1: 02a0 power 5gbps Rx.Detect',
    '  Port 2: 0080 off',
    'Current status for hub 1-1 [2109:3431 USB2.0 Hub [x], USB 2.10, 4 ports, ganged]',
    '  Port 1: 0507 power highspeed suspend enable connect [0781:5581 SanDisk]',
    '  Port 2: 0000 off',
    'Sent power off request',
    'New status for hub 1-1 [2109:3431 USB2.0 Hub, USB 2.10, 4 ports, ganged]',
    '  Port 1: 0000 off',
    '  Port x: zzzz',
    'Current status for hub 1-2 [05e3:0608]',
    '  Port 1: 0100 power',
  ].join('\n');
  expect(parseStatus(text)).toEqual([
    {
      hub: 'usb2',
      switching: 'per-port',
      ports: new Map([
        [1, true],
        [2, false],
      ]),
    },
    { hub: '1-1', switching: 'ganged', ports: new Map([[1, false]]) },
    { hub: '1-2', ports: new Map([[1, true]]) },
  ]);
  expect(parseStatus('  Port 1: 0100 power\n')).toEqual([]);
});

test('whatever a program prints or a device calls itself, nothing throws and nothing leads out of sysfs', async () => {
  const line = fc.oneof(
    fc.string(),
    fc.tuple(fc.string(), fc.nat(), fc.string()).map(([a, n, b]) => `Current status for hub ${a} [${n} USB 3.${b}]`),
    fc.tuple(fc.integer(), fc.string()).map(([n, word]) => `  Port ${n}: ${word}`),
    fc.tuple(fc.integer(), fc.string()).map(([n, word]) => `${n}: op ${word} | hi`),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      parseStatus(lines.join('\n'));
      parsePinctrl(lines.join('\n'), 17);
    }),
    { numRuns: 1_000 },
  );
  const asked: string[] = [];
  const names = fc.oneof(
    fc.string(),
    fc.constantFrom('../1-1', 'usb1', '1-1', '1-1:1.0', '1-0:1.0', '1-1-port4', '..'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(names), fc.string(), async (list, text) => {
      const files = {
        list: async (path: string) => (
          asked.push(path),
          path.length < 200 ? list.filter((name) => !name.includes('/')) : []
        ),
        read: async (path: string) => (asked.push(path), text),
        follow: async () => text,
        write: async () => undefined,
        access: async () => 'usable' as const,
      };
      await new Sysfs(files).survey();
      await new Sysfs(files).devicesOn(['1-1']);
    }),
    { numRuns: 200 },
  );
  expect(asked.filter((path) => path.split('/').includes('..'))).toEqual([]);
});

test.each([
  ['17: op dh pd | hi // GPIO17 = output', { isOutput: true, isHigh: true }],
  [' 4: ip    pu | hi // ID_SDA/GPIO4 = input', undefined],
  ['17: no    pd | -- // GPIO17 = none', undefined],
  ['17: a0    pn | lo // GPIO17 = TXD1', { isOutput: false, isHigh: false }],
])('pinctrl: %s', (line, state) => {
  expect(parsePinctrl(`${line}\n`, 17)).toEqual(state);
});

test('the library rpio that is installed is one that this plugin knows', () => {
  let library: unknown;
  try {
    library = loadLibrary('rpio');
  } catch (error) {
    // Optional: its native part needs a compiler.
    expect(String(error)).toMatch(/rpio|bindings/);
    return;
  }
  expect(rpioSchema.safeParse(library).success).toBe(true);
});

test('porchlight usb try: off and on three times, then as it was; and what it refuses', async () => {
  const usb = startUsb({ folder: await makeFolder(), isWatching: true });
  cleanUps.push(() => usb.close());
  const paths = { sysfsFolder: usb.sysfsFolder, uhubctlPath: '/nowhere/uhubctl' };
  const seen: boolean[] = [];
  const sleep = async (): Promise<void> => {
    const file = join(usb.sysfsFolder, 'bus/usb/devices/1-1:1.0/1-1-port4/disable');
    seen.push((await readFile(file, 'utf8')).startsWith('0'));
  };
  expect(await tryPort({ port: '1-1.4', paths, sleep })).toBe('port-disable at USB port 1-1.4');
  expect(seen).toEqual([false, true, false, true, false, true]);
  usb.plug('1-1.4', stick);
  await expect(tryPort({ port: '1-1.4', paths, sleep })).rejects.toMatchObject({ code: 'usb.refused' });
  await expect(tryPort({ port: '', paths, sleep })).rejects.toMatchObject({ code: 'usb.not-found' });
  await expect(tryPort({ port: '../..', paths, sleep })).rejects.toMatchObject({ code: 'usb.not-found' });
});

test('a trial that is broken off leaves the port as it was', async () => {
  const usb = startUsb({ folder: await makeFolder() });
  const paths = { sysfsFolder: usb.sysfsFolder, uhubctlPath: '/nowhere/uhubctl' };
  const port = '1-1.4';
  const file = join(usb.sysfsFolder, 'bus/usb/devices/1-1:1.0/1-1-port4/disable');
  const sleep = (): Promise<void> => Promise.reject(new Error('interrupted'));
  await expect(tryPort({ port, paths, sleep })).rejects.toThrow('interrupted');
  expect(await readFile(file, 'utf8')).toMatch(/^0/);
});

test('porchlight usb list and permissions, and what the settings page shows', async () => {
  const usb = startUsb({ folder: await makeFolder() });
  usb.plug('1-1.2', stick);
  const config = { sysfsFolder: usb.sysfsFolder, uhubctlPath: usb.uhubctlPath, lamps: [{ nonsense: true }] };
  const call = async (name: string, args: string[] = [], raw: unknown = config) => {
    const lines: string[] = [];
    const print = (line: string): void => void lines.push(line);
    const ask = (): Promise<string> => Promise.reject(new Error('nobody'));
    const { signal } = new AbortController();
    const command = commands.find((one) => one.name === name);
    const code = await command?.run({ config: raw, folder: '', args, print, ask, signal });
    return { code, text: lines.join('\n') };
  };
  const list = await call('list');
  expect(list.code).toBe(0);
  expect(list.text).toContain('1-1.2      SanDisk Ultra (0781:5581): on, power can be switched, together with 2-1.2');
  const nothing = await call('list', [], { sysfsFolder: '/nowhere', uhubctlPath: '/nowhere/uhubctl' });
  expect(nothing).toEqual({ code: 1, text: expect.stringContaining('no USB hub') });
  expect(nothing.text).toContain('With uhubctl installed');
  expect((await call('list', [], { sysfsFolder: 7 })).code).toBeDefined();
  expect(await call('try', ['9-9'])).toEqual({ code: 1, text: expect.stringContaining('There is no USB port 9-9') });
  expect((await call('permissions')).text).toContain('/etc/systemd/system/homebridge.service.d/porchlight-usb.conf');
  expect((await call('permissions', ['porchlight'])).text).toContain('sudo systemctl restart porchlight');
  expect((await call('permissions', ['a; rm -rf /'])).code).toBe(2);
  const shown = await survey(config);
  expect(shown.hasUhubctl).toBe(true);
  expect(shown.ports.find(({ id }) => id === '1-1.2')).toMatchObject({ carriesData: true, identity: '0781:5581' });
});
