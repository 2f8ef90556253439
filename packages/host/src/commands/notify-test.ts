import { notificationsSchema } from '@porchlight/config-schemas';
import { describeError, parseConfig } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import { openChannels } from '@porchlight/notify';
import type { House } from '../config-folder.ts';

/** `porchlight notify test`: one message through every channel. Returns the exit code: 0 all sent, 1 not, 2 unusable. */
export async function testNotifications(
  { services }: House,
  { print, signal }: { print: (line: string) => void; signal: AbortSignal },
): Promise<number> {
  const results: boolean[] = [];
  for (const [service, { notifications = {} }] of services) {
    const checked = parseConfig(notificationsSchema, notifications);
    if (!checked.ok) {
      for (const problem of checked.problems) print(`problem  ${service}.notifications.${problem}`);
      return 2;
    }
    const sent = openChannels(checked.config.channels, systemClock).map(async (channel) => {
      const notice = { key: `test-${systemClock.now()}`, severity: 'info' as const, title: 'Porchlight', text };
      const problem = await channel.send(notice, signal).then(() => undefined, describeError);
      print(problem === undefined ? `ok       ${service}: ${channel.label}` : `problem  ${service}: ${problem}`);
      return problem === undefined;
    });
    results.push(...(await Promise.all(sent)));
  }
  if (results.length === 0) print('No service has a channel under notifications.channels.');
  return results.length > 0 && results.every(Boolean) ? 0 : 1;
}

const text = 'This is a test message. Messages of your home will reach you here.';
