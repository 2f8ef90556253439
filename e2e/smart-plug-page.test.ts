// requires: chromium
import { expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { Relay, startShellyGen2 } from '@porchlight/simulators';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startHomebridgeUi } from './support/homebridge-ui.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

test('the settings page tests a plug with a lamp in it, and stores what it has shown', async () => {
  const relay = new Relay();
  const plug = await startShellyGen2({ relay });
  const ui = await startHomebridgeUi();
  const browser = await chromium.launch({ args: flags, ...(executablePath && { executablePath }) });
  try {
    const file = join(ui.folder, 'config.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as { platforms: object[] };
    const entry = { type: 'shelly', name: 'Router', host: '127.0.0.1', port: plug.port, offSeconds: 3 };
    const block = { platform: 'PorchlightSmartPlug', plugs: [entry] };
    await writeFile(file, JSON.stringify({ ...config, platforms: [...config.platforms, block] }));

    const page = await browser.newPage({ viewport: { width: 1100, height: 1400 } });
    await page.goto(ui.url);
    await page.getByPlaceholder('Username').fill('owner');
    await page.getByPlaceholder('Password').fill('owner-password');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('link', { name: 'Plugins' }).waitFor();
    await page.goto(`${ui.url}/plugins`);
    const card = page.locator('app-plugin-card', { hasText: 'homebridge-porchlight-smart-plug' });
    await card.locator('.dropdown-toggle, [ngbdropdowntoggle]').last().click();
    await card.getByText('Plugin Config').click();
    const frame = page.frameLocator('iframe').first();
    await frame.getByRole('cell', { name: 'not yet' }).waitFor();
    await frame.getByRole('button', { name: 'Test Router' }).click();
    expect(relay.history).toEqual([]);
    await frame.getByRole('button', { name: 'A lamp is in it: go' }).click();
    await frame.getByText('Router: It came back by itself: its own timer works.').waitFor();
    await frame.getByRole('cell', { name: 'passed' }).waitFor();
    expect(relay.history.map(({ on }) => on)).toEqual([false, true]);
    const proofs = join(ui.folder, 'porchlight/smart-plug/proofs.json');
    await until(() => existsSync(proofs) && readFileSync(proofs, 'utf8').includes('"router"'));
  } catch (error) {
    const page = browser.contexts()[0]?.pages()[0];
    await page?.screenshot({ path: join(tmpdir(), 'smart-plug-page.png') });
    throw error;
  } finally {
    await browser.close();
    await ui.stop();
    await plug.close();
  }
}, 180_000);
