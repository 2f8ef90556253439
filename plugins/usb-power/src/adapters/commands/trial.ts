import { usbPowerSchema } from '@porchlight/config-schemas';
import { parseConfig, type Clock } from '@porchlight/core';
import { setTimeout as sleep } from 'node:timers/promises';
import { notFound } from '../../errors.ts';
import { LampFinder } from '../finder/client.ts';
import { loadLibrary } from '../gpio-relay/rpio.ts';
import { runProgram } from '../program/client.ts';
import { Sysfs } from '../sysfs/client.ts';
import { openSysfs } from '../sysfs/files.ts';
import type { CommandPaths } from './paths.ts';

export interface TrialOptions {
  /** As in the setting `port`. */
  port: string;
  paths: CommandPaths;
  signal?: AbortSignal;
  sleep?: Clock['sleep'];
}

const times = 3;
const stepMs = 1_000;
const pause: Clock['sleep'] = (ms, signal) => sleep(ms, undefined, signal ? { signal } : {});

/**
 * Switches a port off and on three times, so that its owner sees whether the voltage drops; then it is as it was.
 * Rejects as a lamp would: with `usb.refused` when others hang on it. Returns what switched it, for people.
 */
export async function tryPort({ port, paths, signal, sleep: wait = pause }: TrialOptions): Promise<string> {
  const parsed = parseConfig(usbPowerSchema, { ...paths, lamps: [{ name: 'Trial', port }] });
  const [lamp] = parsed.ok ? parsed.config.lamps : [];
  if (!parsed.ok || !lamp) throw notFound(parsed.ok ? 'Name a port.' : parsed.problems.join(' '));
  const sysfs = new Sysfs(openSysfs(paths.sysfsFolder));
  const machine = { config: parsed.config, sysfs, run: runProgram, load: loadLibrary, claims: new Map() };
  const { power, driver, where } = await new LampFinder(machine, lamp).open();
  const before = await power.read();
  try {
    for (let time = 0; time < times; time++) {
      for (const on of [false, true]) {
        await power.set(on);
        await wait(stepMs, signal);
      }
    }
  } finally {
    if ((await power.read()) !== before) await power.set(before);
  }
  return `${driver} at ${where}`;
}
