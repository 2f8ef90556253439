import { afterEach, expect, test } from '@jest/globals';
import { startUsb } from '@porchlight/simulators';
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { listPermissionFiles } from '../src/domain/permissions.ts';
import { stick } from './support/house.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function openMachine() {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-usb-set-up-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  return startUsb({ folder });
}

test('the server of the settings page tells the ports, and what to install', async () => {
  const usb = await openMachine();
  usb.plug('1-1.2', stick);
  const page = fork(join(root, 'plugins/usb-power/homebridge-ui/server.js'), {
    execArgv: ['--conditions=@porchlight/source', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  cleanUps.push(() => page.kill('SIGKILL'));
  await once(page, 'message');
  const body = { platform: 'PorchlightUsbPower', sysfsFolder: usb.sysfsFolder, uhubctlPath: usb.uhubctlPath };
  page.send({ action: 'request', requestId: '1', path: '/ports', body });
  const [{ payload }] = (await once(page, 'message')) as [{ payload: { success: boolean; data: unknown } }];
  expect(payload).toMatchObject({
    success: true,
    data: {
      hasUhubctl: true,
      ports: expect.arrayContaining([
        expect.objectContaining({ id: '1-1.2', device: 'SanDisk Ultra', carriesData: true }),
        expect.objectContaining({ id: '1-1.4', power: 'power can be switched', together: ['2-1.4'] }),
      ]),
      permissions: expect.arrayContaining(['# /etc/udev/rules.d/52-porchlight-usb.rules']),
    },
  });
}, 20_000);

test('the page tells names that devices give themselves as text, never as HTML', async () => {
  const html = await readFile(join(root, 'plugins/usb-power/homebridge-ui/public/index.html'), 'utf8');
  expect(html).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write/);
});

test('the rule of udev gives the group every port of a hub, from the event of the hub or of its interface', async () => {
  const [rule] = listPermissionFiles({ user: 'anna', unit: 'homebridge' });
  const script = /RUN\+="\/bin\/sh -c '(.*)'"/.exec(rule?.text ?? '')?.[1] ?? '';
  const group = String(process.getgid?.());
  for (const event of ['1-1', '1-1/1-1:1.0']) {
    const usb = await openMachine();
    const path = join(usb.sysfsFolder, 'devices/pci0000:00', event);
    const text = script.replaceAll('$sys$devpath', path).replaceAll('$$', '$').replaceAll('plugdev', group);
    await run('/bin/sh', ['-c', text]);
    const file = join(usb.sysfsFolder, 'bus/usb/devices/1-1:1.0/1-1-port4/disable');
    expect((await stat(file)).mode & 0o777).toBe(0o660);
    const other = join(usb.sysfsFolder, 'bus/usb/devices/2-1:1.0/2-1-port4/disable');
    expect((await stat(other)).mode & 0o777).not.toBe(0o660);
  }
});

test('the files for systemd in the examples are those that the command prints', async () => {
  for (const { path, text } of listPermissionFiles({ user: 'porchlight', unit: 'porchlight' })) {
    expect(await readFile(join(root, 'examples/systemd/usb-power', basename(path)), 'utf8')).toBe(text);
  }
});
