import type { Clock } from '@porchlight/core';
import type { Channel, ChannelContext } from './channel.ts';
import { createEmail } from './channels/email/channel.ts';
import { createNtfy } from './channels/ntfy/channel.ts';
import { createPushover } from './channels/pushover/channel.ts';
import { createTelegram } from './channels/telegram/channel.ts';
import { createTwilio } from './channels/twilio/channel.ts';
import { createWebhook } from './channels/webhook/channel.ts';
import type { ChannelConfig } from './config.ts';

/** The channels of a configuration, in its order. What one needs beside Node is loaded with its first message. */
export function openChannels(configs: readonly ChannelConfig[], clock: Clock): Channel[] {
  const seen = new Map<string, number>();
  return configs.map((config) => {
    const wanted = config.name === undefined ? config.type : `${config.type} "${config.name}"`;
    const count = (seen.get(wanted) ?? 0) + 1;
    seen.set(wanted, count);
    return openChannel(config, { label: count === 1 ? wanted : `${wanted} ${count}`, clock });
  });
}

function openChannel(config: ChannelConfig, context: ChannelContext): Channel {
  switch (config.type) {
    case 'telegram':
      return createTelegram(config, context);
    case 'ntfy':
      return createNtfy(config, context);
    case 'pushover':
      return createPushover(config, context);
    case 'webhook':
      return createWebhook(config, context);
    case 'email':
      return createEmail(config, context);
    case 'twilio':
      return createTwilio(config, context);
  }
}
