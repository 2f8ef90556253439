// requires: chromium ffmpeg
import { expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { startRhombus } from '@porchlight/simulators';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startHomebridgeUi } from './support/homebridge-ui.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

interface Config {
  platforms: ({ platform: string } & Record<string, unknown>)[];
}

test('the settings page tries the key, lists cameras, and what is chosen there is saved', async () => {
  const mediaFolder = join(tmpdir(), 'porchlight-rhombus-film');
  await mkdir(mediaFolder, { recursive: true });
  const cloud = await startRhombus({ mediaFolder, now: () => Date.now(), plainCloud: true });
  const ui = await startHomebridgeUi();
  const browser = await chromium.launch({ args: flags, ...(executablePath && { executablePath }) });
  try {
    const file = join(ui.folder, 'config.json');
    const read = (): Config => JSON.parse(readFileSync(file, 'utf8')) as Config;
    const endpoints = { api: cloud.apiUrl, stream: cloud.wsUrl, media: cloud.wanUrl };
    const block = { platform: 'PorchlightRhombus', apiKey: 'simulated-api-token', endpoints };
    const config = read();
    await writeFile(file, JSON.stringify({ ...config, platforms: [...config.platforms, block] }));

    const page = await browser.newPage({ viewport: { width: 1100, height: 1400 } });
    await page.goto(ui.url);
    await page.getByPlaceholder('Username').fill('owner');
    await page.getByPlaceholder('Password').fill('owner-password');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('link', { name: 'Plugins' }).waitFor();
    await page.goto(`${ui.url}/plugins`);
    const card = page.locator('app-plugin-card', { hasText: 'homebridge-porchlight-rhombus' });
    await card.locator('.dropdown-toggle, [ngbdropdowntoggle]').last().click();
    await card.getByText('Plugin Config').click();
    const frame = page.frameLocator('iframe').first();
    await frame.getByRole('button', { name: 'Try the key' }).click();
    await frame.getByText('The key works: 14 devices.').waitFor();
    await frame.getByLabel('Show Garage').uncheck();
    await frame.getByLabel('New name of No LAN').fill('Shed door');
    await frame.getByLabel('New name of No LAN').blur();
    await page.getByRole('button', { name: 'Save' }).click();
    const saved = (): unknown => {
      const cameras = read().platforms.find(({ platform }) => platform === block.platform)?.['cameras'];
      // The form may add its blank entry, which means nothing.
      return Array.isArray(cameras) ? cameras.filter((entry: { camera?: string }) => entry.camera) : undefined;
    };
    await until(() => saved() !== undefined);
    const uuidOf = (name: string) => cloud.cameras.find((camera) => camera.name === name)?.uuid;
    expect(saved()).toEqual([
      { camera: uuidOf('Garage'), hide: true },
      { camera: uuidOf('No LAN'), name: 'Shed door' },
    ]);
  } catch (error) {
    const page = browser.contexts()[0]?.pages()[0];
    await page?.screenshot({ path: join(tmpdir(), 'rhombus-page.png') });
    throw error;
  } finally {
    await browser.close();
    await ui.stop();
    await cloud.close();
  }
}, 180_000);
