import { test } from '@jest/globals';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@porchlight/core/testing';
import { linkSystemd } from '../src/sd-notify.ts';

test('tells systemd when it is ready, beats as often as asked, and says when it stops', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-systemd-'));
  const log = join(folder, 'log');
  await writeFile(join(folder, 'systemd-notify'), `#!/bin/sh\necho "$@" >> ${log}\n`);
  await chmod(join(folder, 'systemd-notify'), 0o755);
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: '40000' };
  let said = '';
  const hears = async (text: RegExp): Promise<void> => {
    await until(() => {
      readFile(log, 'utf8').then(
        (content) => (said = content),
        () => undefined,
      );
      return text.test(said);
    });
  };
  const systemd = linkSystemd(env);
  systemd.ready('Running event-alarm');
  await hears(/READY=1 STATUS=Running event-alarm/);
  await hears(/WATCHDOG=1\n[^]*WATCHDOG=1\n/);
  systemd.stopping();
  systemd.close();
  await hears(/STOPPING=1/);
});

test('says nothing where systemd did not ask', () => {
  const systemd = linkSystemd({});
  systemd.ready('x');
  systemd.stopping();
  systemd.close();
});
