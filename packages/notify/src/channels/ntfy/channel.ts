import type { Channel, ChannelContext } from '../../channel.ts';
import type { NtfyConfig } from '../../config.ts';
import type { Notice, NoticeImage } from '../../domain/notice.ts';
import { createEachOnce } from '../../each-once.ts';
import { post } from '../../http.ts';
import { ntfyMessageSchema } from './schema.ts';

const priorities = { info: 3, warning: 4, alarm: 5 } as const;
const tags = { info: [], warning: ['warning'], alarm: ['rotating_light'] } as const;

/** ntfy: the message as JSON; the first picture follows as an attachment. */
export function createNtfy(
  { server, topic, token, minSeverity }: NtfyConfig,
  { label, clock }: ChannelContext,
): Channel {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const base = server.replace(/\/+$/, '');
  const eachOnce = createEachOnce();
  const sendText = ({ title, text, severity }: Notice, signal: AbortSignal): Promise<string> => {
    const message = { topic, title, message: text || title, priority: priorities[severity], tags: tags[severity] };
    const body = JSON.stringify(ntfyMessageSchema.parse(message));
    const headers = { ...authorization, 'content-type': 'application/json' };
    return post({ url: base, label, headers, body, clock, signal });
  };
  const sendPicture = ({ name, bytes }: NoticeImage, signal: AbortSignal): Promise<string> => {
    const headers = { ...authorization, filename: encodeURIComponent(name), priority: '1' };
    const body = Buffer.from(bytes);
    return post({ url: `${base}/${topic}`, label: `${label} (picture)`, headers, body, clock, signal });
  };
  return {
    label,
    minSeverity,
    async send(notice, signal, progress) {
      const pictures = (notice.images ?? []).slice(0, 1).map((picture) => {
        return { id: 'picture', send: () => sendPicture(picture, signal) };
      });
      await eachOnce(notice, [{ id: 'text', send: () => sendText(notice, signal) }, ...pictures], progress);
    },
  };
}
