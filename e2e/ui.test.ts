// requires: chromium
import { eventAlarmSchema } from '@porchlight/config-schemas';
import { parseConfig } from '@porchlight/core';
import { expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { pair } from './support/controller.ts';
import { createHomebridge } from './support/homebridge.ts';
import { startHomebridgeUi } from './support/homebridge-ui.ts';
import { until } from '@porchlight/core/testing';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

test('the form of the Homebridge UI: filled in, saved, and what it saved runs', async () => {
  const ui = await startHomebridgeUi();
  const browser = await chromium.launch({ args: flags, ...(executablePath && { executablePath }) });
  try {
    const page = await browser.newPage({ viewport: { width: 1100, height: 1400 } });
    await logIn(page, ui.url);
    await page.goto(`${ui.url}/plugins`);
    const setUp = page.getByRole('button', { name: 'Set Up' });
    const card = page.locator('div', { hasText: 'homebridge-porchlight-event-alarm', has: setUp }).last();
    await card.getByRole('button', { name: 'Set Up' }).click();
    await page.getByLabel('Name', { exact: true }).first().fill('Night watch');
    await page.getByLabel('Ring at (events)').fill('3');
    await page.locator('legend', { hasText: 'Ringing' }).click();
    await page.getByPlaceholder('usb-power/lamp').first().fill('usb-power/porch');
    await page.locator('legend', { hasText: 'Arming' }).click();
    const code = page.getByLabel('Code', { exact: true });
    expect(await code.getAttribute('type')).toBe('password');
    await code.fill('4711');
    await page.getByRole('button', { name: 'Save' }).click();

    const file = join(ui.folder, 'config.json');
    await until(() => readBlock(file) !== undefined);
    const { platform, ...saved } = readBlock(file) ?? { platform: '' };
    expect(platform).toBe('PorchlightEventAlarm');
    const parsed = parseConfig(eventAlarmSchema, saved);
    expect(parsed).toMatchObject({
      ok: true,
      warnings: [],
      config: {
        name: 'Night watch',
        thresholdEventCount: 3,
        code: '4711',
        rules: [],
        switches: [{ device: 'usb-power/porch' }],
      },
    });
    await expectToRun({ platform, ...saved });
  } finally {
    await browser.close();
    await ui.stop();
  }
}, 180_000);

async function logIn(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByPlaceholder('Username').fill('owner');
  await page.getByPlaceholder('Password').fill('owner-password');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('link', { name: 'Plugins' }).waitFor();
}

function readBlock(file: string): ({ platform: string } & Record<string, unknown>) | undefined {
  const { platforms } = JSON.parse(readFileSync(file, 'utf8')) as { platforms: { platform: string }[] };
  return platforms.find(({ platform }) => platform === 'PorchlightEventAlarm');
}

async function expectToRun(block: object): Promise<void> {
  const homebridge = await createHomebridge({ platforms: [block] });
  try {
    await homebridge.start();
    const controller = await pair(homebridge);
    const disarmed = 3;
    expect(await controller.read('SecuritySystem', 'CurrentState')).toBe(disarmed);
    await controller.close();
  } finally {
    await homebridge.remove();
  }
}
