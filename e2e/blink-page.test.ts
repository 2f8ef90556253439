// requires: chromium
import { expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { startBlink } from '@porchlight/simulators';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startHomebridgeUi } from './support/homebridge-ui.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

interface Config {
  platforms: ({ platform: string } & Record<string, unknown>)[];
}

test('signing in on the settings page, PIN included', async () => {
  const blink = await startBlink({ now: () => Date.now() });
  const ui = await startHomebridgeUi();
  const browser = await chromium.launch({ args: flags, ...(executablePath && { executablePath }) });
  try {
    const file = join(ui.folder, 'config.json');
    const read = (): Config => JSON.parse(readFileSync(file, 'utf8')) as Config;
    const block = { platform: 'PorchlightBlink', api: { oauthUrl: blink.url, restUrl: blink.url } };
    const config = read();
    await writeFile(file, JSON.stringify({ ...config, platforms: [...config.platforms, block] }));

    const page = await browser.newPage({ viewport: { width: 1100, height: 1400 } });
    await page.goto(ui.url);
    await page.getByPlaceholder('Username').fill('owner');
    await page.getByPlaceholder('Password').fill('owner-password');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('link', { name: 'Plugins' }).waitFor();
    await page.goto(`${ui.url}/plugins`);
    const card = page.locator('app-plugin-card', { hasText: 'homebridge-porchlight-blink' });
    await card.locator('.dropdown-toggle, [ngbdropdowntoggle]').last().click();
    await card.getByText('Plugin Config').click();
    const frame = page.frameLocator('iframe').first();
    await frame.getByText('Not signed in.').waitFor();
    await frame.locator('#email').fill(blink.account.email);
    await frame.locator('#password').fill(blink.account.password);
    await frame.getByRole('button', { name: 'Sign in', exact: true }).click();
    await frame.getByText('Blink has sent a PIN to').waitFor();
    await frame.locator('#pin').fill('000000');
    await frame.getByRole('button', { name: 'Enter PIN' }).click();
    await frame.getByText('does not accept this PIN').waitFor();
    await frame.locator('#pin').fill(blink.account.pin);
    await frame.getByRole('button', { name: 'Enter PIN' }).click();
    await frame.getByText(`Signed in as ${blink.account.email}`).waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    const saved = (): Record<string, unknown> | undefined =>
      read().platforms.find(({ platform }) => platform === block.platform);
    await until(() => saved()?.['email'] === blink.account.email);
    expect(saved()?.['password']).toBeUndefined();
    const session = join(ui.folder, 'porchlight/blink/session.json');
    expect(statSync(session).mode & 0o777).toBe(0o600);
    expect(blink.oauth.messages).toHaveLength(1);
  } catch (error) {
    const page = browser.contexts()[0]?.pages()[0];
    await page?.screenshot({ path: join(tmpdir(), 'blink-page.png') });
    throw error;
  } finally {
    await browser.close();
    await ui.stop();
    await blink.close();
  }
}, 180_000);
