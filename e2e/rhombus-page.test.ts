// requires: chromium ffmpeg
import { expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { startRhombus } from '@porchlight/simulators';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { visitSettings } from './support/settings-page.ts';

test('the settings page tries the key, lists cameras, and what is chosen there is saved', async () => {
  const mediaFolder = join(tmpdir(), 'porchlight-rhombus-film');
  await mkdir(mediaFolder, { recursive: true });
  const cloud = await startRhombus({ mediaFolder, now: () => Date.now(), plainCloud: true });
  const endpoints = { api: cloud.apiUrl, stream: cloud.wsUrl, media: cloud.wanUrl };
  const block = { platform: 'PorchlightRhombus', apiKey: 'simulated-api-token', endpoints };
  await visitSettings('homebridge-porchlight-rhombus', block, async ({ page, own, saved }) => {
    await own.getByRole('button', { name: 'Try the key' }).click();
    await own.getByText('The key works: 14 devices.').waitFor();
    await own.getByLabel('Show Garage').uncheck();
    await own.getByLabel('New name of No LAN').fill('Shed door');
    await own.getByLabel('New name of No LAN').blur();
    await page.getByRole('button', { name: 'Save' }).click();
    const chosen = (): unknown => {
      const cameras = saved()?.['cameras'];
      // The form may add its blank entry, which means nothing.
      return Array.isArray(cameras) ? cameras.filter((entry: { camera?: string }) => entry.camera) : undefined;
    };
    await until(() => chosen() !== undefined);
    const uuidOf = (name: string) => cloud.cameras.find((camera) => camera.name === name)?.uuid;
    expect(chosen()).toEqual([
      { camera: uuidOf('Garage'), hide: true },
      { camera: uuidOf('No LAN'), name: 'Shed door' },
    ]);
  }).finally(() => cloud.close());
}, 180_000);
