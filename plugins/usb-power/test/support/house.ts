import { usbPowerSchema } from '@porchlight/config-schemas';
import { parseConfig } from '@porchlight/core';
import { buildContext, createFakeClock, type FakeContext } from '@porchlight/core/testing';
import { createFakeRpio, startUsb, type FakeRpio, type Usb, type UsbOptions } from '@porchlight/simulators';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LampConfig, Machine } from '../../src/adapters/finder/client.ts';
import { runProgram } from '../../src/adapters/program/client.ts';
import { Sysfs } from '../../src/adapters/sysfs/client.ts';
import { UsbPowerService } from '../../src/service.ts';

export const stick = { vendor: '0781', product: '5581', name: 'Ultra', manufacturer: 'SanDisk', disk: 'sda' };
export const mouse = { vendor: '046d', product: 'c077', name: 'Mouse' };
export const cleverLamp = { vendor: '1a86', product: '7523', name: 'Clever lamp', serial: 'L1' };

export interface House {
  usb: Usb;
  rpio: FakeRpio;
  machine: (config: object) => Machine;
  cleanUp: () => Promise<void>;
}

/** A fake machine; `uhubctl` is installed only when asked for. */
export async function openHouse(options: Partial<UsbOptions> & { hasUhubctl?: boolean } = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-usb-'));
  const { hasUhubctl = false, ...rest } = options;
  const usb = startUsb({ folder, ...rest });
  const rpio = createFakeRpio();
  const machine = (raw: object): Machine => {
    const paths = { pinctrlPath: usb.pinctrlPath, uhubctlPath: hasUhubctl ? usb.uhubctlPath : join(folder, 'none') };
    const parsed = parseConfig(usbPowerSchema, { ...paths, sysfsFolder: usb.sysfsFolder, ...raw });
    if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
    return {
      config: parsed.config,
      sysfs: new Sysfs(usb.files),
      // The fake programs are slower than the true ones, and this machine may be busy.
      run: (path, args) => runProgram(path, args, 60_000),
      load: () => rpio.library,
      claims: new Map(),
    };
  };
  const cleanUp = async (): Promise<void> => {
    usb.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { usb, rpio, machine, cleanUp };
}

export interface RunningLamp {
  context: FakeContext;
  service: UsbPowerService;
  isOn: () => boolean | undefined;
  health: () => { ok: boolean; reachable?: boolean; problem?: string } | undefined;
  command: (on: boolean) => Promise<void>;
  /** As a host stops it. */
  stop: () => Promise<void>;
}

/** Runs the service with one lamp on port 1-1.4, on a fake clock. Its context may be that of an earlier run. */
export async function runLamp(
  house: House,
  lamp: Partial<LampConfig> = {},
  context: FakeContext = buildContext(),
): Promise<RunningLamp> {
  const place = lamp.pin === undefined && lamp.port === undefined ? { port: '1-1.4' } : {};
  const service = new UsbPowerService(context, house.machine({ lamps: [{ name: 'Lamp', ...place, ...lamp }] }));
  await service.start();
  return {
    context,
    service,
    isOn: () => service.devices.state('lamp', 'switch')?.on,
    health: () => service.devices.state('lamp', 'health'),
    command: (on) => service.devices.command({ device: 'lamp', capability: 'switch' }, { on }, 'homekit'),
    async stop() {
      context.abort();
      await service.stop();
    },
  };
}

/** What the next run finds `laterMs` after a crash or a restart: the same disk, and nothing of the old process. */
export function afterwards(earlier: FakeContext, laterMs = 1_000): FakeContext {
  return buildContext({ storage: earlier.storage, clock: createFakeClock(earlier.clock.now() + laterMs) });
}
