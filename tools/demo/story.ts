import { describeError, type AlarmMode, type AlarmPhase } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import { hangLine, passBlinkCamera, passRhombusCamera, type House } from './house.ts';

const alarm = { service: 'event-alarm', device: 'alarm', capability: 'alarm' } as const;
const internet = { service: 'watchdog', device: 'internet', capability: 'connectivity' } as const;
const betweenMotionsMs = 3_000;
const ringingMs = 12_000;
const restMs = 3_000;

/** Plays once what the house is for; an alarm that was left armed is left in peace until it is disarmed. */
export async function tellStory(house: House, signal: AbortSignal): Promise<void> {
  try {
    await sayIfArmed(house, signal);
    await untilPhase(house, 'idle', signal);
    await tellOfAlarm(house, signal);
    await systemClock.sleep(restMs, signal);
    await tellOfInternet(house, signal);
    house.say('The house is yours now: play with it in Apple Home, over MQTT or with the keys.');
  } catch (error) {
    if (!signal.aborted) house.say(`The story stops here: ${describeError(error)}`);
  }
}

/** Armed, motion, motion, motion: it rings, the lamp flashes, the footage is copied, it is disarmed. */
async function tellOfAlarm(house: House, signal: AbortSignal): Promise<void> {
  const { say, sensors } = house;
  say('The story: the owner leaves and arms the alarm; three motions within two minutes make it ring.');
  await setMode(house, 'away');
  await untilPhase(house, 'armed', signal);
  await untilBlinkIsArmed(house, signal);
  await systemClock.sleep(betweenMotionsMs, signal);
  passBlinkCamera(house, 'Yard');
  await systemClock.sleep(betweenMotionsMs, signal);
  if (house.world.rhombus) await passRhombusCamera(house, 'Terrace');
  else passBlinkCamera(house, 'Garage');
  await systemClock.sleep(betweenMotionsMs, signal);
  sensors.move('stairs');
  await untilPhase(house, 'triggered', signal);
  await systemClock.sleep(ringingMs, signal);
  say('The owner comes back and disarms it.');
  await setMode(house, 'disarmed');
  await untilPhase(house, 'idle', signal);
}

/** The line hangs, the watchdog has the plug restart the router that feeds the plug's own network, and all is back. */
async function tellOfInternet(house: House, signal: AbortSignal): Promise<void> {
  const { client } = house;
  await until(
    (check) => client.onState({ ...internet }, (_address, state) => check(state?.status === 'online')),
    signal,
  );
  await hangLine(house);
  await house.world.network.until(({ router }) => router === 'off', 60_000);
  await until(
    (check) => client.onState({ ...internet }, (_address, state) => check(state?.status === 'online')),
    signal,
  );
}

export function setMode({ client }: Pick<House, 'client'>, mode: AlarmMode): Promise<void> {
  return client.command(alarm, { action: 'set-mode', mode });
}

function sayIfArmed({ client, say }: House, signal: AbortSignal): Promise<void> {
  const look = (check: (isSo: boolean) => void): (() => void) =>
    client.onState({ ...alarm }, (_address, state) => {
      if (!state) return;
      if (state.phase !== 'idle') say('The alarm is armed, as you left it. Disarm it, and the story begins.');
      check(true);
    });
  return until(look, signal);
}

function untilPhase({ client }: House, phase: AlarmPhase, signal: AbortSignal): Promise<void> {
  return until((check) => client.onState({ ...alarm }, (_address, state) => check(state?.phase === phase)), signal);
}

/** Blink is armed with the alarm, as fast as its cloud does it. */
async function untilBlinkIsArmed({ world }: House, signal: AbortSignal): Promise<void> {
  while (!world.blink.account.networks.every(({ armed }) => armed)) await systemClock.sleep(100, signal);
}

/** Waits until a subscription reports that it is so. */
function until(subscribe: (check: (isSo: boolean) => void) => () => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
    const stop = subscribe((isSo) => {
      if (!isSo) return;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}
