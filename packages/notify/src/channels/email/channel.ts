import { PorchlightError } from '@porchlight/core';
import type { Channel, ChannelContext } from '../../channel.ts';
import type { EmailConfig } from '../../config.ts';
import type { Notice } from '../../domain/notice.ts';
import { withOrWithoutPicture } from '../../each-once.ts';
import { smtpErrorSchema } from './schema.ts';

/** E-mail over SMTP; plain `smtp:` is upgraded to TLS, and refused with a password when the server cannot. */
export function createEmail(config: EmailConfig, { label }: ChannelContext): Channel {
  const { server, username, password, from, to, minSeverity } = config;
  const url = new URL(server);
  const isTls = url.protocol === 'smtps:';
  const auth = username === undefined ? {} : { auth: { user: username, pass: password ?? '' } };
  return {
    label,
    minSeverity,
    async send(complete, signal) {
      const { createTransport } = await import('nodemailer');
      const transport = createTransport({
        host: url.hostname,
        port: Number(url.port) || (isTls ? 465 : 587),
        secure: isTls,
        requireTLS: !isTls && password !== undefined,
        connectionTimeout: 15_000,
        socketTimeout: 20_000,
        ...auth,
      });
      signal.addEventListener('abort', () => transport.close(), { once: true });
      let refused = 0;
      try {
        await withOrWithoutPicture(complete, async (notice) => {
          const sent = await transport.sendMail({ from, to: [...to], ...compose(notice) }).catch((error: unknown) => {
            throw toError(error, label);
          });
          refused = sent.rejected.length;
        });
      } finally {
        transport.close();
      }
      if (refused === 0) return;
      // The others have it, so nothing is sent again.
      const message = `${label}: the server refused ${refused} of ${to.length} receivers; check their addresses`;
      throw new PorchlightError('notify.refused', message, { retry: 'never' });
    },
  };
}

function compose({ key, severity, title, text, images = [] }: Notice) {
  return {
    subject: title,
    text: text || title,
    messageId: `<${encodeURIComponent(key)}@porchlight>`,
    priority: severity === 'alarm' ? ('high' as const) : ('normal' as const),
    attachments: images.map(({ name, type, bytes }) => {
      return { filename: name, contentType: type, content: Buffer.from(bytes) };
    }),
  };
}

/** A 5xx of SMTP is final (wrong password, unknown address), a 4xx is "later". */
function toError(error: unknown, label: string): PorchlightError {
  const { data } = smtpErrorSchema.safeParse(error);
  const status = data?.responseCode;
  if (status === undefined) return new PorchlightError('notify.unreachable', `${label} cannot be reached`);
  const retry = status >= 500 ? 'never' : 'later';
  return new PorchlightError('notify.refused', `${label} answered ${status}: ${data?.response ?? ''}`, { retry });
}
