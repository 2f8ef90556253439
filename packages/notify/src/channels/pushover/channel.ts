import type { Channel, ChannelContext } from '../../channel.ts';
import type { PushoverConfig } from '../../config.ts';
import { withOrWithoutPicture } from '../../each-once.ts';
import { post } from '../../http.ts';
import { pushoverFields } from './schema.ts';

/** Pushover's message API; an alarm is repeated until somebody has seen it. */
export function createPushover(config: PushoverConfig, { label, clock }: ChannelContext): Channel {
  const { token, user, minSeverity, apiUrl = 'https://api.pushover.net' } = config;
  return {
    label,
    minSeverity,
    async send(complete, signal) {
      const { FormData, Blob } = await import('node-fetch');
      await withOrWithoutPicture(complete, async (notice) => {
        const body = new FormData();
        for (const [key, value] of Object.entries(pushoverFields(notice))) body.set(key, value);
        body.set('token', token);
        body.set('user', user);
        const [picture] = notice.images ?? [];
        if (picture) body.set('attachment', new Blob([picture.bytes], { type: picture.type }), picture.name);
        await post({ url: `${apiUrl}/1/messages.json`, label, body, clock, signal });
      });
    },
  };
}
