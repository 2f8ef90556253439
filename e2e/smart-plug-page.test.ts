// requires: chromium
import { expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { Relay, startShellyGen2 } from '@porchlight/simulators';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { visitSettings } from './support/settings-page.ts';

test('the settings page tests a plug with a lamp in it, and stores what it has shown', async () => {
  const relay = new Relay();
  const plug = await startShellyGen2({ relay });
  const router = { type: 'shelly', name: 'Router', host: '127.0.0.1', port: plug.port, offSeconds: 3 };
  const block = { platform: 'PorchlightSmartPlug', plugs: [router] };
  await visitSettings('homebridge-porchlight-smart-plug', block, async ({ own, folder }) => {
    await own.getByRole('cell', { name: 'not yet' }).waitFor();
    await own.getByRole('cell', { name: 'A', exact: true }).waitFor();
    await own.getByRole('button', { name: 'Test Router' }).click();
    expect(relay.history).toEqual([]);
    await own.getByRole('button', { name: 'A lamp is in it: go' }).click();
    await own.getByText('Router: It came back by itself: its own timer works.').waitFor();
    await own.getByRole('cell', { name: 'passed' }).waitFor();
    expect(relay.history.map(({ on }) => on)).toEqual([false, true]);
    const proofs = join(folder, 'porchlight/smart-plug/proofs.json');
    await until(() => existsSync(proofs) && readFileSync(proofs, 'utf8').includes('"router"'));
  }).finally(() => plug.close());
}, 180_000);
