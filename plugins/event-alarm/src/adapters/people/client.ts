import type { EventAlarmConfig } from '@porchlight/config-schemas';
import { describeError, type ServiceContext } from '@porchlight/core';
import { createNotifier, type NoticeImage } from '@porchlight/notify';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { listEvents } from '../../domain/wording.ts';
import type { People } from '../../ports.ts';

const maxImages = 4;
const pictureWaitsMs = [300, 700, 1500];

/** Tells people through the configured channels. */
export function openPeople({ name, notifications, timeZone }: EventAlarmConfig, context: ServiceContext): People {
  const notifier = createNotifier({ ...notifications, timeZone, ...context });
  const waiting = new Set<Promise<void>>();
  const format = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', ...(timeZone !== undefined && { timeZone }) });
  return {
    tellIncident({ id, reason, events, isTest }) {
      const title = isTest ? `${name}: test alarm` : `${name}: alarm`;
      const text = [reason, listEvents(events, (at) => format.format(at))].filter(Boolean).join('\n');
      const media = events.flatMap(({ media: files = [] }) => files);
      const told = readImages(media, context).then((images) => {
        notifier.notify({ key: `alarm-${id}`, severity: 'alarm', title, text, images });
        waiting.delete(told);
      });
      waiting.add(told);
    },
    warn: (key, title, text) => notifier.notify({ key, severity: 'warning', title, text }),
    async stop() {
      await Promise.all(waiting);
      await notifier.stop();
    },
  };
}

async function readImages(
  media: readonly { kind: string; path: string }[],
  context: ServiceContext,
): Promise<NoticeImage[]> {
  const pictures = media.filter(({ kind }) => kind === 'image').slice(0, maxImages);
  const read = pictures.map(async ({ path }): Promise<NoticeImage[]> => {
    try {
      return [{ name: basename(path), type: 'image/jpeg', bytes: await readSoon(path, context) }];
    } catch (error) {
      context.log.debug(`A picture of the alarm could not be read: ${describeError(error)}`);
      return [];
    }
  });
  return (await Promise.all(read)).flat();
}

/** The picture of the last motion is often still on its way when the alarm rings. */
async function readSoon(path: string, { clock, signal }: ServiceContext): Promise<Buffer> {
  for (const ms of pictureWaitsMs) {
    try {
      return await readFile(path);
    } catch {
      await clock.sleep(ms, signal);
    }
  }
  return readFile(path);
}
