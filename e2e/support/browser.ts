import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { HomebridgeUi } from './homebridge-ui.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

/** The system's Chromium, without a window. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ args, ...(executablePath && { executablePath }) });
}

/** A page of the Homebridge UI with its owner logged in. */
export async function openPage(browser: Browser, ui: HomebridgeUi): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1100, height: 1400 } });
  await page.goto(ui.url);
  await page.getByPlaceholder('Username').fill('owner');
  await page.getByPlaceholder('Password').fill('owner-password');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('link', { name: 'Plugins' }).waitFor();
  return page;
}

/** Opens the settings of a plugin that has none yet. */
export async function openSettings(page: Page, ui: HomebridgeUi, plugin: string): Promise<void> {
  await page.goto(`${ui.url}/plugins`);
  const setUp = page.getByRole('button', { name: 'Set Up' });
  const card = page.locator('div', { hasText: plugin, has: setUp }).last();
  await card.getByRole('button', { name: 'Set Up' }).click();
}
