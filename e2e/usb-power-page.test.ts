// requires: chromium
import { expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { startUsb } from '@porchlight/simulators';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { visitSettings } from './support/settings-page.ts';

test('a port is tried and chosen on the settings page, named in the form, and saved', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'porchlight-usb-page-'));
  const usb = startUsb({ folder: temporary, isWatching: true });
  usb.plug('1-1.2', { vendor: '0781', product: '5581', name: 'Ultra', disk: 'sda' });
  const { sysfsFolder, uhubctlPath } = usb;
  const block = { platform: 'PorchlightUsbPower', sysfsFolder, uhubctlPath };
  await visitSettings('homebridge-porchlight-usb-power', block, async ({ page, own, saved }) => {
    await own.getByText('Hub 1-1', { exact: true }).waitFor();
    expect(await own.getByRole('button', { name: 'Use port 1-1.2' }).count()).toBe(0);
    await own.getByRole('button', { name: 'Try 1-1.4' }).click();
    await until(() => !usb.isLit('1-1.4'));
    await own.getByText('Switched three times by port-disable at USB port 1-1.4').waitFor();
    expect(usb.isLit('1-1.4')).toBe(true);
    await own.getByRole('button', { name: 'Use port 1-1.4' }).click();
    await until(() => own.getByRole('button', { name: 'Use port 1-1.4' }).isDisabled());
    await until(async () => (await page.getByPlaceholder('1-1.4').first().inputValue()) === '1-1.4');
    await page.getByPlaceholder('Porch lamp').first().fill('Step lamp');
    await page.getByRole('button', { name: 'Save' }).click();
    const lamps = (): unknown => saved()?.['lamps'];
    await until(() => lamps() !== undefined);
    expect(lamps()).toMatchObject([{ name: 'Step lamp', port: '1-1.4' }]);
  }).finally(() => {
    usb.close();
    return rm(temporary, { recursive: true, force: true });
  });
}, 180_000);
