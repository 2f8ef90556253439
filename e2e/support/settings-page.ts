import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { openBrowser, openPage } from './browser.ts';
import { startHomebridgeUi } from './homebridge-ui.ts';

type Block = { platform: string } & Record<string, unknown>;

export interface SettingsPage {
  /** The Homebridge UI, with the form and its Save button. */
  page: Page;
  /** The plugin's own page above the form. */
  own: FrameLocator;
  /** Homebridge's storage folder. */
  folder: string;
  /** The plugin's block as it stands in the configuration now. */
  saved(): Record<string, unknown> | undefined;
}

/** Opens the settings of a plugin that is configured with this block. A picture of the page is left when `play` fails. */
export async function visitSettings(
  plugin: string,
  block: Block,
  play: (settings: SettingsPage) => Promise<void>,
): Promise<void> {
  const ui = await startHomebridgeUi();
  const browser = await openBrowser();
  try {
    const file = join(ui.folder, 'config.json');
    const read = (): { platforms: Block[] } => JSON.parse(readFileSync(file, 'utf8')) as { platforms: Block[] };
    const config = read();
    await writeFile(file, JSON.stringify({ ...config, platforms: [...config.platforms, block] }));
    const page = await openPage(browser, ui);
    try {
      await page.goto(`${ui.url}/plugins`);
      const card = page.locator('app-plugin-card', { hasText: plugin });
      await card.locator('.dropdown-toggle, [ngbdropdowntoggle]').last().click();
      await card.getByText('Plugin Config').click();
      const saved = () => read().platforms.find(({ platform }) => platform === block.platform);
      await play({ page, own: page.frameLocator('iframe').first(), folder: ui.folder, saved });
    } catch (error) {
      await page.screenshot({ path: join(tmpdir(), `${plugin}.png`) });
      throw error;
    }
  } finally {
    await browser.close();
    await ui.stop();
  }
}
