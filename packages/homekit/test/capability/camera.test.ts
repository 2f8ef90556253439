import { describe, expect, test } from '@jest/globals';
import type { PlatformAccessory } from 'homebridge';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addDoor, createHome, type Home } from '../support/home.ts';
import { hosts } from '../support/hosts.ts';

const noSuchResource = -70409;
const jpeg = (text: string): Buffer => Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.from(text)]);

/** Asks as Apple Home does; the bytes, or the HAP status. */
async function takeSnapshot(accessory: PlatformAccessory): Promise<Buffer | number> {
  const { activeCameraController } = accessory._associatedHAPAccessory as unknown as {
    activeCameraController: { handleSnapshotRequest(height: number, width: number): Promise<Buffer> };
  };
  return activeCameraController.handleSnapshotRequest(720, 1280).catch((status: unknown) => Number(status));
}

const streams = (home: Home) =>
  home.accessory('door').services.filter(({ UUID }) => UUID.startsWith('00000110')).length;

describe.each(hosts)('a camera on $name', (host) => {
  test('shows the newest picture of its device', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'porchlight-camera-'));
    const picture = join(folder, 'latest.jpg');
    const home = createHome({ host });
    const device = addDoor(home, { capabilities: { camera: {}, motion: {} }, state: { motion: { detected: false } } });
    expect(await takeSnapshot(home.accessory('door'))).toBe(noSuchResource);
    await writeFile(picture, jpeg('first'));
    device.update('camera', { snapshotAt: 1, picture });
    expect(await takeSnapshot(home.accessory('door'))).toEqual(jpeg('first'));
    await writeFile(picture, jpeg('second'));
    expect(await takeSnapshot(home.accessory('door'))).toEqual(jpeg('second'));
    await writeFile(picture, 'no picture');
    expect(await takeSnapshot(home.accessory('door'))).toBe(noSuchResource);
    await rm(folder, { recursive: true });
    expect(await takeSnapshot(home.accessory('door'))).toBe(noSuchResource);
  });

  test('keeps its camera when the device changes and over a restart, and loses it with the capability', async () => {
    const home = createHome({ host });
    const device = addDoor(home, { capabilities: { camera: {}, motion: {} } });
    expect(streams(home)).toBe(1);
    device.describe({ name: 'Gate', capabilities: { camera: {}, motion: {}, battery: {} } });
    expect(streams(home)).toBe(1);
    const again = createHome({ host, restored: home.homebridge.readCache() });
    expect(streams(again)).toBe(1);
    const same = addDoor(again, { capabilities: { camera: {}, motion: {} } });
    expect(streams(again)).toBe(1);
    same.describe({ name: 'Gate', capabilities: { motion: {} } });
    expect(streams(again)).toBe(0);
    expect(again.service('door', 'MotionSensor')).toBeDefined();
  });
});
