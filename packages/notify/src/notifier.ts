import { describeError, type Clock, type Log, type Storage } from '@porchlight/core';
import * as z from 'zod';
import type { ChannelConfig } from './config.ts';
import { toMinute } from './domain/quiet-hours.ts';
import { Lane, type Delivery } from './lane.ts';
import type { Notice } from './domain/notice.ts';
import { openChannels } from './open-channels.ts';

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
const maxPendingAgeMs = 3_600_000;

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

const pendingSchema = z.record(
  z.string(),
  z.object({ at: z.number(), channel: z.string(), key: z.string(), title: z.string(), text: z.string() }),
);

/** Messages to people, through every configured channel, each for itself. */
export function createNotifier(options: NotifierOptions): Notifier {
  const { channels, clock, log, storage, signal, quietHours, timeZone } = options;
  const journal = storage.journal('deliveries');
  const pendingFile = storage.document('pending-alarms', pendingSchema, {});
  const pending = new Map<string, z.output<typeof pendingSchema>[string]>();
  // What an earlier run left is read before anything is written over it.
  const leftOver = pendingFile.read();
  let count = 0;
  const complain = (error: unknown): void => log.warn(`The delivery log cannot be written: ${describeError(error)}`);

  const save = (): Promise<void> => leftOver.then(() => pendingFile.write(Object.fromEntries(pending))).catch(complain);

  const record = async (delivery: Delivery): Promise<void> => {
    await journal.append(JSON.stringify(delivery));
    count += 1;
    if (count % maxDeliveries === 0) await journal.rewrite((await journal.lines()).slice(-maxDeliveries));
  };

  const opened = openChannels(channels, clock);
  const lanes = opened.map((channel) => {
    return new Lane({
      channel,
      clock,
      log,
      signal,
      quietHours: quietHours && { fromMinute: toMinute(quietHours.from), toMinute: toMinute(quietHours.to) },
      localMinute: (now) => localMinute(now, timeZone),
      onDelivery: (delivery) => void record(delivery).catch(complain),
      onPending(key, notice) {
        if (!notice) pending.delete(key);
        else {
          const { title, text } = notice;
          pending.set(key, { at: clock.now(), channel: channel.label, key: notice.key, title, text });
        }
        void save();
      },
    });
  });

  const resume = async (): Promise<void> => {
    for (const { at, channel, ...notice } of Object.values(await leftOver)) {
      if (clock.now() - at > maxPendingAgeMs) continue;
      lanes[opened.findIndex(({ label }) => label === channel)]?.add({ severity: 'alarm', ...notice });
    }
  };
  resume().catch(complain);

  return {
    notify(notice) {
      for (const lane of lanes) lane.add(notice);
    },
    async deliveries() {
      return (await journal.lines()).flatMap((line) => {
        const { data } = deliveryLine.safeParse(line);
        return data ? [data] : [];
      });
    },
    async stop() {
      await Promise.all(lanes.map((lane) => lane.settle()));
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
