import type { BusClient } from '@porchlight/bus';
import type { Sensors } from './sensors.ts';
import type { World } from './world.ts';

/** What the story and the keys act on. */
export interface House {
  client: BusClient;
  sensors: Sensors;
  world: World;
  say: (line: string) => void;
}

/** Somebody walks past a Blink camera; it records only while its system is armed. */
export function passBlinkCamera({ world, say }: House, name: string): void {
  const camera = world.blink.account.cameras.find((candidate) => candidate.name === name);
  const recording = camera && world.blink.scenario.trigger(camera.id);
  if (!recording) say(`Somebody passes the Blink camera ${name}, which is not armed and records nothing.`);
}

/** Somebody walks past a Rhombus camera, which always watches. */
export async function passRhombusCamera({ world }: House, name: string): Promise<void> {
  const { rhombus } = world;
  const camera = rhombus?.cameras.find((candidate) => candidate.name === name);
  if (camera) await rhombus?.scenario.move(camera.uuid, 'MOTION_HUMAN');
}

export function ringDoorbell({ world }: House): void {
  const doorbell = world.blink.account.cameras.find(({ kind }) => kind === 'doorbell');
  if (doorbell) world.blink.scenario.press(doorbell.id);
}

/** The line hangs until the router has been without power. */
export async function hangLine({ world, say }: House): Promise<void> {
  say('The router hangs: the internet is gone.');
  await world.network.outage({ type: 'wan', until: 'reboot', needsOffMs: 3_000 });
}
