import { describeError, type Clock, type Log, type Storage } from '@porchlight/core';
import * as z from 'zod';
import type { ChannelConfig } from './config.ts';
import { toMinute } from './domain/quiet-hours.ts';
import { Lane, type Delivery } from './lane.ts';
import type { Notice } from './domain/notice.ts';
import { openChannels } from './open-channels.ts';
import { createSaved, type LeftOver } from './saved.ts';

export interface NotifierOptions {
  channels: readonly ChannelConfig[];
  quietHours?: { from: string; to: string };
  /** For the quiet hours; absent means the machine's own. */
  timeZone?: string | undefined;
  clock: Clock;
  log: Log;
  storage: Storage;
  signal: AbortSignal;
}

export interface Notifier {
  /** Tells people, as far as the gate of each channel lets it through. Never throws, never waits. */
  notify(notice: Notice): void;
  /** What went where, the latest last. */
  deliveries(): Promise<Delivery[]>;
  stop(): Promise<void>;
}

const maxDeliveries = 500;
/** An alarm that could not be delivered for this long says nothing any more, milliseconds. */
const maxPendingAgeMs = 86_400_000;

const deliverySchema = z.object({
  at: z.number(),
  channel: z.string(),
  key: z.string(),
  severity: z.string(),
  ok: z.boolean(),
  problem: z.string().exactOptional(),
});

/** A line that a power cut tore is no delivery. */
const deliveryLine = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('not JSON');
      return z.NEVER;
    }
  })
  .pipe(deliverySchema);

/** Messages to people, through every configured channel, each for itself. */
export function createNotifier(options: NotifierOptions): Notifier {
  const { channels, clock, log, storage, signal, quietHours, timeZone } = options;
  const journal = storage.journal('deliveries');
  let count: number | undefined;
  const complain = (error: unknown): void => log.warn(`The delivery log cannot be written: ${describeError(error)}`);
  const saved = createSaved(storage, complain);

  const record = async (delivery: Delivery): Promise<void> => {
    await journal.append(JSON.stringify(delivery));
    count = count === undefined ? (await journal.lines()).length : count + 1;
    if (count < 2 * maxDeliveries) return;
    count = maxDeliveries;
    await journal.rewrite((await journal.lines()).slice(-maxDeliveries));
  };

  const opened = openChannels(channels, clock);
  const openLanes = async (): Promise<Lane[]> => {
    const { gates, alarms }: LeftOver = await saved.load().catch((error: unknown) => {
      complain(error);
      return { gates: {}, alarms: [] };
    });
    return opened.map((channel) => {
      const lane = new Lane({
        channel,
        clock,
        log,
        signal,
        quietHours: quietHours && { fromMinute: toMinute(quietHours.from), toMinute: toMinute(quietHours.to) },
        localMinute: (now) => localMinute(now, timeZone),
        onDelivery: (delivery) => void record(delivery).catch(complain),
        saved,
        gate: gates[channel.label],
      });
      lane.start();
      for (const { at, channel: label, finished, refusals, ...notice } of alarms) {
        if (label !== channel.label || clock.now() - at > maxPendingAgeMs) continue;
        lane.resume({ severity: 'alarm', ...notice }, { finished: new Set(finished), refusals }, at);
      }
      return lane;
    });
  };
  const lanes = openLanes();

  return {
    notify(notice) {
      void lanes.then((all) => all.forEach((lane) => lane.add(notice)));
    },
    async deliveries() {
      return (await journal.lines()).flatMap((line) => {
        const { data } = deliveryLine.safeParse(line);
        return data ? [data] : [];
      });
    },
    async stop() {
      await Promise.all((await lanes).map((lane) => lane.settle()));
      await saved.settle();
    },
  };
}

function localMinute(now: number, timeZone: string | undefined): number {
  const format = {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(timeZone !== undefined && { timeZone }),
  } as const;
  return toMinute(new Intl.DateTimeFormat('en-GB', format).format(now));
}
