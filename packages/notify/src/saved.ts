import type { Storage } from '@porchlight/core';
import * as z from 'zod';
import { gateSchema, type GateState } from './domain/flood-gate.ts';
import type { Notice } from './domain/notice.ts';
import type { Progress } from './each-once.ts';

const alarmSchema = z.object({
  at: z.number(),
  channel: z.string(),
  key: z.string(),
  title: z.string(),
  text: z.string(),
  finished: z.array(z.string()).default([]),
  refusals: z.array(z.string()).default([]),
});
type SavedAlarm = z.output<typeof alarmSchema>;

export interface LeftOver {
  /** By channel. */
  gates: Record<string, GateState>;
  alarms: SavedAlarm[];
}

/** What must survive a restart: alarms under way with how far they have come, and what each gate knows and holds. */
export interface Saved {
  /** Resolves with what an earlier run left; nothing is written before. */
  load(): Promise<LeftOver>;
  keepGate(channel: string, gate: GateState): void;
  keepAlarm(alarm: { at: number; channel: string; notice: Notice; progress: Progress }): void;
  forgetAlarm(channel: string, key: string): void;
  /** Resolves once everything is on the disk. */
  settle(): Promise<void>;
}

export function createSaved(storage: Storage, onError: (error: unknown) => void): Saved {
  const alarmFile = storage.document('pending-alarms', z.record(z.string(), alarmSchema), {});
  const gateFile = storage.document('gates', z.record(z.string(), gateSchema), {});
  const alarms = new Map<string, SavedAlarm>();
  const gates = new Map<string, GateState>();
  let written: Promise<unknown> = Promise.resolve();
  const write = (task: () => Promise<void>): void => {
    written = Promise.all([written, task().catch(onError)]);
  };
  const writeAlarms = (): void => write(() => alarmFile.write(Object.fromEntries(alarms)));
  return {
    async load() {
      const [savedGates, savedAlarms] = await Promise.all([gateFile.read(), alarmFile.read()]);
      for (const [channel, gate] of Object.entries(savedGates)) gates.set(channel, gate);
      return { gates: savedGates, alarms: Object.values(savedAlarms) };
    },
    keepGate(channel, gate) {
      gates.set(channel, gate);
      write(() => gateFile.write(Object.fromEntries(gates)));
    },
    keepAlarm({ at, channel, notice: { key, title, text }, progress }) {
      const { finished, refusals } = progress;
      alarms.set(`${channel} ${key}`, { at, channel, key, title, text, finished: [...finished], refusals });
      writeAlarms();
    },
    forgetAlarm(channel, key) {
      alarms.delete(`${channel} ${key}`);
      writeAlarms();
    },
    async settle() {
      await written;
    },
  };
}
