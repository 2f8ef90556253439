import type { Severity } from './domain/notice.ts';

interface Common {
  name?: string;
  minSeverity: Severity;
}

export interface TelegramConfig extends Common {
  type: 'telegram';
  token: string;
  chatIds: readonly string[];
  apiUrl?: string;
}
export interface NtfyConfig extends Common {
  type: 'ntfy';
  server: string;
  topic: string;
  token?: string;
}
export interface PushoverConfig extends Common {
  type: 'pushover';
  token: string;
  user: string;
  apiUrl?: string;
}
export interface WebhookConfig extends Common {
  type: 'webhook';
  url: string;
  secret?: string;
}
export interface EmailConfig extends Common {
  type: 'email';
  /** `smtps://host:465` or `smtp://host:587`. */
  server: string;
  username?: string;
  password?: string;
  from: string;
  to: readonly string[];
}
export interface TwilioConfig extends Common {
  type: 'twilio';
  accountSid: string;
  authToken: string;
  from: string;
  to: readonly string[];
  sms: boolean;
  call: boolean;
  apiUrl?: string;
}

export type ChannelConfig = TelegramConfig | NtfyConfig | PushoverConfig | WebhookConfig | EmailConfig | TwilioConfig;
