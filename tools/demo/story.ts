import { describeError, type AlarmMode, type AlarmPhase } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import type { House } from './house.ts';
import type { SensorId } from './sensors.ts';

const alarm = { service: 'event-alarm', device: 'alarm', capability: 'alarm' } as const;
const betweenMotionsMs = 3_000;
const ringingMs = 12_000;

/** Plays once what the alarm is for: armed, motion, motion, motion, it rings, the lamp flashes, it is disarmed. */
export async function tellStory({ client, sensors, say }: House, signal: AbortSignal): Promise<void> {
  try {
    await until(client, 'idle', signal);
    say('The story: the owner leaves and arms the alarm; three motions within two minutes make it ring.');
    await setMode({ client }, 'away');
    await until(client, 'armed', signal);
    for (const id of ['garden', 'front-door', 'garage'] satisfies SensorId[]) {
      await systemClock.sleep(betweenMotionsMs, signal);
      sensors.move(id);
    }
    await until(client, 'triggered', signal);
    await systemClock.sleep(ringingMs, signal);
    say('The owner comes back and disarms it.');
    await setMode({ client }, 'disarmed');
    await until(client, 'idle', signal);
    say('The house is yours now: arm it in Apple Home, over MQTT or with the keys.');
  } catch (error) {
    if (!signal.aborted) say(`The story stops here: ${describeError(error)}`);
  }
}

export function setMode({ client }: Pick<House, 'client'>, mode: AlarmMode): Promise<void> {
  return client.command(alarm, { action: 'set-mode', mode });
}

/** Waits until the alarm is in this phase; an owner who has left it armed is left in peace. */
function until(client: House['client'], phase: AlarmPhase, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
    const stop = client.onState({ ...alarm }, (_address, state) => {
      if (state?.phase !== phase) return;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}
