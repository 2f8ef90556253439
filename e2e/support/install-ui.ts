import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../.work/homebridge-ui', import.meta.url));

/** The program that runs the Homebridge UI and, as its child, Homebridge. */
export const uiProgram = join(folder, 'node_modules/homebridge-config-ui-x/dist/bin/hb-service.js');

/**
 * Installs the Homebridge UI once, before the tests share it. It has a folder of its own: it is no dependency of ours.
 * Its exact wish for hap-client is relaxed, which matters only to its page of accessories.
 */
export default function installUi(): void {
  if (existsSync(uiProgram)) return;
  mkdirSync(folder, { recursive: true });
  const manifest = {
    name: 'homebridge-ui',
    private: true,
    dependencies: { 'homebridge-config-ui-x': '5.28.0' },
    overrides: { '@homebridge/hap-client': '4.0.3' },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--no-package-lock'];
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The Homebridge UI could not be installed:\n${stderr}`);
}
