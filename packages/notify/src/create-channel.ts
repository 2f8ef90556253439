import type { Channel } from './channel.ts';
import { createEmail } from './channels/email/channel.ts';
import { createNtfy } from './channels/ntfy/channel.ts';
import { createPushover } from './channels/pushover/channel.ts';
import { createTelegram } from './channels/telegram/channel.ts';
import { createTwilio } from './channels/twilio/channel.ts';
import { createWebhook } from './channels/webhook/channel.ts';
import type { ChannelConfig } from './config.ts';

/** The channel of a configuration. What it needs beside Node is loaded with its first message. */
export function createChannel(config: ChannelConfig): Channel {
  const label = config.name === undefined ? config.type : `${config.type} "${config.name}"`;
  switch (config.type) {
    case 'telegram':
      return createTelegram(config, label);
    case 'ntfy':
      return createNtfy(config, label);
    case 'pushover':
      return createPushover(config, label);
    case 'webhook':
      return createWebhook(config, label);
    case 'email':
      return createEmail(config, label);
    case 'twilio':
      return createTwilio(config, label);
  }
}
