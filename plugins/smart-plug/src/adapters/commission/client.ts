import type { PlugConfig } from '@porchlight/config-schemas';
import { describeError, toId, type Clock } from '@porchlight/core';
import { judge, planLooks, type Verdict } from '../../domain/commission.ts';
import { notRestarted } from '../../errors.ts';
import type { PlugPort } from '../../ports.ts';
import { fingerprintOf, type Proofs } from '../proofs/client.ts';

export interface CommissionParts {
  config: PlugConfig;
  port: PlugPort;
  proofs: Proofs;
  clock: Clock;
  signal: AbortSignal;
  print(line: string): void;
}

const rescueTries = 5;
const rescuePauseMs = 2_000;
/** The running service leaves the plug alone for this much longer than the test takes. */
const marginMs = 30_000;

/** Restarts a plug once and says nothing to it until its time is over; what it then is decides. Stores a passed test. */
export async function commission(parts: CommissionParts): Promise<Verdict> {
  const { config, port, proofs, clock, signal, print } = parts;
  const { name, offSeconds } = config;
  const id = toId(name);
  await proofs.announce(id, clock.now() + offSeconds * 1000 + marginMs);
  try {
    const before = await port.read(signal);
    if (!before.on) await port.switch(true, signal);
    print(`${name} goes off for ${offSeconds} s. Until then it hears nothing from here.`);
    const verdict = judge(await observe(parts));
    if (verdict.passed) {
      const proof = { fingerprint: fingerprintOf(config), grade: port.grade, verifiedAt: clock.now() };
      await proofs.store(id, proof);
    }
    print(verdict.text);
    return verdict;
  } finally {
    await proofs.announce(id, undefined);
  }
}

async function observe({ config, port, clock, signal, print }: CommissionParts): ReturnType<typeof watch> {
  const { name, offSeconds } = config;
  try {
    await port.cut(offSeconds, signal);
  } catch (error) {
    throw notRestarted(name, describeError(error));
  }
  try {
    return await watch({ port, clock, signal, offMs: offSeconds * 1000 });
  } catch (error) {
    // Whatever happens to the test, it must not leave a plug off.
    print(`The test was broken off: ${describeError(error)}`);
    await rescue(port, clock);
    throw error;
  }
}

async function watch({
  port,
  clock,
  signal,
  offMs,
}: Pick<CommissionParts, 'port' | 'clock' | 'signal'> & { offMs: number }) {
  const { halfMs, lateMs, afterMs } = planLooks(offMs);
  const isOn = async (): Promise<boolean> => (await port.read(signal)).on;
  await clock.sleep(halfMs, signal);
  const wentOff = !(await isOn());
  await clock.sleep(lateMs - halfMs, signal);
  const stayedOff = wentOff && !(await isOn());
  await clock.sleep(afterMs - lateMs, signal);
  const cameBack = await isOn();
  const seen = { grade: port.grade, wentOff, stayedOff, cameBack };
  return cameBack ? seen : { ...seen, wasBroughtBack: await rescue(port, clock) };
}

/** Switches it on until it is; also when the test has been interrupted. */
async function rescue(port: PlugPort, clock: Clock): Promise<boolean> {
  const { signal } = new AbortController();
  for (let attempt = 1; attempt <= rescueTries; attempt++) {
    try {
      await port.switch(true, signal);
      if ((await port.read(signal)).on) return true;
    } catch {
      // The next attempt may reach it.
    }
    await clock.sleep(rescuePauseMs);
  }
  return false;
}
