export * from './event-alarm.ts';
export * from './meta.ts';
export * from './shared/broker.ts';
export * from './shared/notifications.ts';
export * from './shared/secret.ts';
export * from './shared/time-zone.ts';
