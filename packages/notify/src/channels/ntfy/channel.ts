import type { Channel } from '../../channel.ts';
import type { NtfyConfig } from '../../config.ts';
import { post } from '../../http.ts';
import { ntfyMessageSchema } from './schema.ts';

const priorities = { info: 3, warning: 4, alarm: 5 } as const;
const tags = { info: [], warning: ['warning'], alarm: ['rotating_light'] } as const;

/** ntfy: the message as JSON; the first picture follows as an attachment. */
export function createNtfy({ server, topic, token, minSeverity }: NtfyConfig, label: string): Channel {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const base = server.replace(/\/+$/, '');
  return {
    label,
    minSeverity,
    async send({ title, text, severity, images = [] }, signal) {
      const message = { topic, title, message: text || title, priority: priorities[severity], tags: tags[severity] };
      const body = JSON.stringify(ntfyMessageSchema.parse(message));
      await post({ url: base, label, headers: { ...authorization, 'content-type': 'application/json' }, body, signal });
      const [picture] = images;
      if (!picture) return;
      const headers = { ...authorization, filename: encodeURIComponent(picture.name), priority: '1' };
      await post({ url: `${base}/${topic}`, label, headers, body: Buffer.from(picture.bytes), signal });
    },
  };
}
