import { createHmac } from 'node:crypto';
import type { Channel, ChannelContext } from '../../channel.ts';
import type { WebhookConfig } from '../../config.ts';
import { withOrWithoutPicture } from '../../each-once.ts';
import { post } from '../../http.ts';
import { webhookBodySchema } from './schema.ts';

/**
 * The notice as JSON. With a secret it is signed: `x-porchlight-signature: sha256=…` is the HMAC-SHA256 of the time in
 * `x-porchlight-timestamp` (seconds), a full stop and the body. The id stays the same when it is sent again.
 */
export function createWebhook({ url, secret, minSeverity }: WebhookConfig, { label, clock }: ChannelContext): Channel {
  return {
    label,
    minSeverity,
    send: (notice, signal) =>
      withOrWithoutPicture(notice, async ({ key, severity, title, text, images = [] }) => {
        const pictures = images.map(({ name, type, bytes }) => {
          return { name, type, base64: Buffer.from(bytes).toString('base64') };
        });
        const body = JSON.stringify(webhookBodySchema.parse({ id: key, severity, title, text, images: pictures }));
        const timestamp = String(Math.floor(clock.now() / 1000));
        const headers = {
          'content-type': 'application/json',
          'idempotency-key': key,
          'x-porchlight-timestamp': timestamp,
          ...(secret !== undefined && { 'x-porchlight-signature': sign(secret, `${timestamp}.${body}`) }),
        };
        await post({ url, label, headers, body, clock, signal });
      }),
  };
}

function sign(secret: string, text: string): string {
  return `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
}
