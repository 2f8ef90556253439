export type { Channel } from './channel.ts';
export type { ChannelConfig } from './config.ts';
export { openChannels } from './open-channels.ts';
export type { Delivery } from './lane.ts';
export type { Notice, NoticeImage, Severity } from './domain/notice.ts';
export { createNotifier, type Notifier, type NotifierOptions } from './notifier.ts';
