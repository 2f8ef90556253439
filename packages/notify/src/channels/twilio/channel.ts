import type { Channel, ChannelContext } from '../../channel.ts';
import type { TwilioConfig } from '../../config.ts';
import { createEachOnce } from '../../each-once.ts';
import { post } from '../../http.ts';
import { toTwiml } from './schema.ts';

/** Text messages, and phone calls for alarms, through Twilio. */
export function createTwilio(config: TwilioConfig, { label, clock }: ChannelContext): Channel {
  const { accountSid, authToken, from, to, sms, call, minSeverity, apiUrl = 'https://api.twilio.com' } = config;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const eachOnce = createEachOnce();
  const order = (what: 'Messages' | 'Calls', fields: Record<string, string>, signal: AbortSignal): Promise<string> =>
    post({
      url: `${apiUrl}/2010-04-01/Accounts/${accountSid}/${what}.json`,
      label,
      headers: { authorization },
      body: new URLSearchParams({ From: from, ...fields }),
      clock,
      signal,
    });
  return {
    label,
    minSeverity,
    async send(notice, signal, progress) {
      const { severity, title, text } = notice;
      const message = text === '' ? title : `${title}\n${text}`;
      const calls = to.map((number) => ({
        id: `call-${number}`,
        send: () => order('Calls', { To: number, Twiml: toTwiml(message) }, signal),
      }));
      const texts = to.map((number) => ({
        id: `sms-${number}`,
        send: () => order('Messages', { To: number, Body: message.slice(0, 1600) }, signal),
      }));
      await eachOnce(notice, [...(call && severity === 'alarm' ? calls : []), ...(sms ? texts : [])], progress);
    },
  };
}
