// requires: chromium
import { eventAlarmSchema } from '@porchlight/config-schemas';
import { parseConfig } from '@porchlight/core';
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser, openPage, openSettings } from './support/browser.ts';
import { pair } from './support/controller.ts';
import { createHomebridge } from './support/homebridge.ts';
import { startHomebridgeUi } from './support/homebridge-ui.ts';
import { until } from '@porchlight/core/testing';

test('the form of the Homebridge UI: filled in, saved, and what it saved runs', async () => {
  const ui = await startHomebridgeUi();
  const browser = await openBrowser();
  try {
    const page = await openPage(browser, ui);
    await openSettings(page, ui, 'homebridge-porchlight-event-alarm');
    await page.getByLabel('Name', { exact: true }).first().fill('Night watch');
    await page.getByLabel('Ring at (events)').fill('3');
    await page.locator('legend', { hasText: 'Ringing' }).click();
    await page.getByPlaceholder('usb-power/lamp').first().fill('usb-power/porch');
    await page.locator('legend', { hasText: 'Arming' }).click();
    const code = page.getByLabel('Code', { exact: true });
    expect(await code.getAttribute('type')).toBe('password');
    await code.fill('4711');
    const night = page.getByLabel('Night', { exact: true }).locator('visible=true');
    expect(await night.isChecked()).toBe(true);
    await night.uncheck();
    await page.locator('legend', { hasText: 'Notifications' }).click();
    const kind = page.locator('select:visible', { hasText: 'Pushover' });
    await kind.selectOption({ label: 'Webhook' });
    // A condition: what only another kind needs is not asked for.
    expect(await page.getByLabel(/^Bot token/).count()).toBe(0);
    const address = page.getByLabel('Address', { exact: true });
    expect(await address.getAttribute('type')).toBe('password');
    await address.fill('https://example.org/hook');
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
        modes: ['home', 'away'],
        rules: [],
        notifications: { channels: [{ type: 'webhook', url: 'https://example.org/hook' }] },
        switches: [{ device: 'usb-power/porch' }],
      },
    });
    await expectToRun({ platform, ...saved });
  } finally {
    await browser.close();
    await ui.stop();
  }
}, 180_000);

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
