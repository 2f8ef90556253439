import { formatDuration } from '@porchlight/core';
import type { Alert } from './alert.ts';

/** An alert in words, for one channel. */
export interface Message {
  /** The same for every telling of one fact. */
  key: string;
  channel: string;
  severity: 'warning' | 'alarm';
  title: string;
  text: string;
}

/** A moment in words. */
export type MomentText = (at: number) => string;

type HomeAlert = Extract<Alert, { home: unknown }>;
type Words = Omit<Message, 'channel'>;

/** Beyond this many homes of one kind at once, they share one message. */
const maxSingle = 5;
/** Homes named in a message for many. */
const maxNamed = 20;

/** What each channel has to say. Many homes at once (a street without power) are one message for each channel. */
export function toMessages(alerts: readonly Alert[], channels: readonly string[], moment: MomentText): Message[] {
  return channels.flatMap((channel) => {
    const own = alerts.filter((alert) => !('home' in alert) || concerns(alert, channel, channels));
    return toWords(own, moment).map((words) => ({ ...words, channel }));
  });
}

/** A home whose channels are all gone from the configuration is told to everyone rather than to nobody. */
function concerns({ home }: HomeAlert, channel: string, all: readonly string[]): boolean {
  return home.channels.includes(channel) || !home.channels.some((name) => all.includes(name));
}

function toWords(alerts: readonly Alert[], moment: MomentText): Words[] {
  const kinds = ['isolated', 'rejoined', 'down', 'reminder', 'recovered'] as const;
  return kinds.flatMap((kind) => {
    const own = alerts.filter((alert) => alert.kind === kind);
    const ofHomes = own.filter((alert) => 'home' in alert);
    return ofHomes.length > maxSingle ? [describeMany(kind, ofHomes)] : own.map((alert) => describe(alert, moment));
  });
}

function describe(alert: Alert, moment: MomentText): Words {
  const key = 'home' in alert ? `${alert.kind}-${alert.home.id}-${alert.since}` : `${alert.kind}-${alert.since}`;
  switch (alert.kind) {
    case 'down':
      return {
        key,
        severity: 'alarm',
        title: `${alert.home.name} is silent`,
        text: `No sign of life for ${formatDuration(alert.silentMs)}, the last at ${moment(alert.since)}.${lastWord(alert)}`,
      };
    case 'reminder':
      return {
        key: `${key}-${alert.count}`,
        severity: 'warning',
        title: `${alert.home.name} is still silent`,
        text: `No sign of life for ${formatDuration(alert.silentMs)}, since ${moment(alert.since)}.`,
      };
    case 'recovered':
      return {
        key,
        severity: 'warning',
        title: `${alert.home.name} is back`,
        text: `It was silent for ${formatDuration(alert.downMs)}, since ${moment(alert.since)}.`,
      };
    case 'isolated':
      return {
        key,
        severity: 'alarm',
        title: 'The watchtower lost its network',
        text: `All ${alert.homes} homes fell silent in the same seconds, at ${moment(alert.since)}. Until one is heard again, no home is watched.`,
      };
    case 'rejoined':
      return {
        key,
        severity: 'warning',
        title: 'The watchtower hears again',
        text: `It heard nobody for ${formatDuration(alert.isolatedMs)}. Homes that stay silent are told of from now on.`,
      };
  }
}

function describeMany(kind: Alert['kind'], alerts: readonly HomeAlert[]): Words {
  const [first] = alerts;
  const verb = kind === 'down' ? 'are silent' : kind === 'recovered' ? 'are back' : 'are still silent';
  const names = alerts.slice(0, maxNamed).map(({ home }) => home.name);
  const more = alerts.length > maxNamed ? ` … and ${alerts.length - maxNamed} more` : '';
  return {
    key: `${kind}-${alerts.length}-homes-${first?.home.id ?? ''}-${first?.since ?? 0}-${countOf(first)}`,
    severity: kind === 'down' ? 'alarm' : 'warning',
    title: `${alerts.length} homes ${verb}`,
    text: `${names.join(', ')}${more}`,
  };
}

function countOf(alert: HomeAlert | undefined): number {
  return alert?.kind === 'reminder' ? alert.count : 0;
}

function lastWord({ home }: HomeAlert): string {
  return home.said === '' ? '' : ` It last said: ${home.said}.`;
}

/** Writes moments as people of that time zone read them: `21 Nov, 08:03 UTC`. */
export function createMomentText(timeZone: string): MomentText {
  const day = { day: 'numeric', month: 'short' } as const;
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' } as const;
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, ...day, ...time });
  return (at) => format.format(at);
}
