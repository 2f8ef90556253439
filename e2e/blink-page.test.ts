// requires: chromium
import { expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { startBlink } from '@porchlight/simulators';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { visitSettings } from './support/settings-page.ts';

test('signing in on the settings page, PIN included', async () => {
  const blink = await startBlink({ now: () => Date.now() });
  const block = { platform: 'PorchlightBlink', api: { oauthUrl: blink.url, restUrl: blink.url } };
  await visitSettings('homebridge-porchlight-blink', block, async ({ page, own, folder, saved }) => {
    await own.getByText('Not signed in.').waitFor();
    await own.locator('#email').fill(blink.account.email);
    await own.locator('#password').fill(blink.account.password);
    await own.getByRole('button', { name: 'Sign in', exact: true }).click();
    await own.getByText('Blink has sent a PIN to').waitFor();
    await own.locator('#pin').fill('000000');
    await own.getByRole('button', { name: 'Enter PIN' }).click();
    await own.getByText('does not accept this PIN').waitFor();
    await own.getByRole('button', { name: 'Sign in again' }).waitFor({ timeout: 10_000 });
    await own.locator('#pin').fill(blink.account.pin);
    await own.getByRole('button', { name: 'Enter PIN' }).click();
    await own.getByText(`Signed in as ${blink.account.email}`).waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await until(() => saved()?.['email'] === blink.account.email);
    expect(saved()?.['password']).toBeUndefined();
    const session = join(folder, 'porchlight/blink/session.json');
    expect(statSync(session).mode & 0o777).toBe(0o600);
    expect(blink.oauth.messages).toHaveLength(1);
  }).finally(() => blink.close());
}, 180_000);
