import { PorchlightError } from '@porchlight/core';
import type { Api, InputFile } from 'grammy';
import type { Channel, ChannelContext } from '../../channel.ts';
import type { TelegramConfig } from '../../config.ts';
import type { Notice } from '../../domain/notice.ts';
import { createEachOnce, withOrWithoutPicture } from '../../each-once.ts';
import { telegramErrorSchema } from './schema.ts';

const maxText = 4096;
const maxCaption = 1024;

/** Telegram's bot API, through grammY. */
export function createTelegram(config: TelegramConfig, { label }: ChannelContext): Channel {
  const { token, chatIds, minSeverity, apiUrl } = config;
  const eachOnce = createEachOnce();
  return {
    label,
    minSeverity,
    async send(notice, signal, progress) {
      const grammy = await import('grammy');
      const api = new grammy.Api(token, { timeoutSeconds: 20, ...(apiUrl !== undefined && { apiRoot: apiUrl }) });
      const sendTo = (chat: string, part: Notice): Promise<void> =>
        sendToChat(api, grammy.InputFile, chat, part, signal).catch((error: unknown) => {
          throw toError(error, label);
        });
      await eachOnce(
        notice,
        chatIds.map((id) => ({ id, send: () => withOrWithoutPicture(notice, (part) => sendTo(id, part)) })),
        progress,
      );
    },
  };
}

async function sendToChat(
  api: Api,
  File: typeof InputFile,
  chat: string,
  notice: Notice,
  signal: AbortSignal,
): Promise<void> {
  const { title, text, severity, images = [] } = notice;
  const message = text === '' ? title : `${title}\n${text}`;
  const options = { disable_notification: severity === 'info' };
  const [first, ...more] = images.map(({ bytes, name }) => new File(bytes, name));
  // grammY has types of its own for the signal of older platforms; it is the same object.
  const abort = signal as Parameters<Api['sendMessage']>[3];
  if (!first) {
    await api.sendMessage(chat, message.slice(0, maxText), options, abort);
  } else if (more.length === 0) {
    await api.sendPhoto(chat, first, { ...options, caption: message.slice(0, maxCaption) }, abort);
  } else {
    const media = [
      { type: 'photo' as const, media: first, caption: message.slice(0, maxCaption) },
      ...more.slice(0, 9).map((photo) => ({ type: 'photo' as const, media: photo })),
    ];
    await api.sendMediaGroup(chat, media, options, abort);
  }
}

/** Errors of grammY may hold the address, and the address holds the token: only what the server said is passed on. */
function toError(error: unknown, label: string): PorchlightError {
  const { data } = telegramErrorSchema.safeParse(error);
  if (!data) return new PorchlightError('notify.unreachable', `${label} cannot be reached`);
  const retryAfter = data.parameters?.retry_after;
  const mayHeal = data.error_code === 429 || data.error_code >= 500;
  return new PorchlightError('notify.refused', `${label} answered ${data.error_code}: ${data.description}`, {
    retry: mayHeal ? 'later' : 'never',
    ...(retryAfter !== undefined && { retryAfterMs: retryAfter * 1000 }),
  });
}
