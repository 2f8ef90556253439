import type { Channel } from '../../channel.ts';
import type { TwilioConfig } from '../../config.ts';
import { post } from '../../http.ts';
import { toTwiml } from './schema.ts';

/** Text messages, and phone calls for alarms, through Twilio. */
export function createTwilio(config: TwilioConfig, label: string): Channel {
  const { accountSid, authToken, from, to, sms, call, minSeverity, apiUrl = 'https://api.twilio.com' } = config;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const done = new Map<string, Set<string>>();
  const order = (what: 'Messages' | 'Calls', fields: Record<string, string>, signal: AbortSignal): Promise<string> =>
    post({
      url: `${apiUrl}/2010-04-01/Accounts/${accountSid}/${what}.json`,
      label,
      headers: { authorization },
      body: new URLSearchParams({ From: from, ...fields }),
      signal,
    });
  return {
    label,
    minSeverity,
    async send({ key, severity, title, text }, signal) {
      const delivered = done.get(key) ?? new Set();
      done.set(key, delivered);
      const once = async (id: string, run: () => Promise<unknown>): Promise<void> => {
        if (delivered.has(id)) return;
        await run();
        delivered.add(id);
      };
      const message = text === '' ? title : `${title}\n${text}`;
      for (const number of to) {
        if (call && severity === 'alarm') {
          await once(`call-${number}`, () => order('Calls', { To: number, Twiml: toTwiml(message) }, signal));
        }
        if (sms)
          await once(`sms-${number}`, () => order('Messages', { To: number, Body: message.slice(0, 1600) }, signal));
      }
      done.delete(key);
    },
  };
}
