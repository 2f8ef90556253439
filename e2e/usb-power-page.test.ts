// requires: chromium
import { expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { startUsb } from '@porchlight/simulators';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startHomebridgeUi } from './support/homebridge-ui.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

interface Config {
  platforms: ({ platform: string } & Record<string, unknown>)[];
}

test('a port is tried and chosen on the settings page, named in the form, and saved', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-usb-page-'));
  const usb = startUsb({ folder, isWatching: true });
  usb.plug('1-1.2', { vendor: '0781', product: '5581', name: 'Ultra', disk: 'sda' });
  const ui = await startHomebridgeUi();
  const browser = await chromium.launch({ args: flags, ...(executablePath && { executablePath }) });
  try {
    const file = join(ui.folder, 'config.json');
    const read = (): Config => JSON.parse(readFileSync(file, 'utf8')) as Config;
    const paths = { sysfsFolder: usb.sysfsFolder, uhubctlPath: usb.uhubctlPath };
    const block = { platform: 'PorchlightUsbPower', ...paths };
    const config = read();
    await writeFile(file, JSON.stringify({ ...config, platforms: [...config.platforms, block] }));

    const page = await browser.newPage({ viewport: { width: 1100, height: 1600 } });
    await page.goto(ui.url);
    await page.getByPlaceholder('Username').fill('owner');
    await page.getByPlaceholder('Password').fill('owner-password');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('link', { name: 'Plugins' }).waitFor();
    await page.goto(`${ui.url}/plugins`);
    const card = page.locator('app-plugin-card', { hasText: 'homebridge-porchlight-usb-power' });
    await card.locator('.dropdown-toggle, [ngbdropdowntoggle]').last().click();
    await card.getByText('Plugin Config').click();

    const frame = page.frameLocator('iframe').first();
    await frame.getByText('Hub 1-1', { exact: true }).waitFor();
    expect(await frame.getByRole('button', { name: 'Use port 1-1.2' }).count()).toBe(0);
    await frame.getByRole('button', { name: 'Try 1-1.4' }).click();
    await until(() => !usb.isLit('1-1.4'));
    await frame.getByText('Switched three times by port-disable at USB port 1-1.4').waitFor();
    expect(usb.isLit('1-1.4')).toBe(true);
    await frame.getByRole('button', { name: 'Use port 1-1.4' }).click();
    await until(() => frame.getByRole('button', { name: 'Use port 1-1.4' }).isDisabled());
    await until(async () => (await page.getByPlaceholder('1-1.4').first().inputValue()) === '1-1.4');
    await page.getByPlaceholder('Porch lamp').first().fill('Step lamp');
    await page.getByRole('button', { name: 'Save' }).click();
    const lamps = (): unknown => read().platforms.find(({ platform }) => platform === block.platform)?.['lamps'];
    await until(() => lamps() !== undefined);
    expect(lamps()).toMatchObject([{ name: 'Step lamp', port: '1-1.4' }]);
  } catch (error) {
    await browser
      .contexts()[0]
      ?.pages()[0]
      ?.screenshot({ path: join(tmpdir(), 'usb-power-page.png') });
    throw error;
  } finally {
    await browser.close();
    await ui.stop();
    usb.close();
    await rm(folder, { recursive: true, force: true });
  }
}, 180_000);
