import { describeError } from '@porchlight/core';
import { stdin } from 'node:process';
import type { House } from './house.ts';
import { setMode } from './story.ts';

/** Lets who sits at the terminal play with the house. Returns the way to stop listening. */
export function startKeys(house: House, quit: () => void): () => void {
  if (!stdin.isTTY) return () => undefined;
  const actions: Record<string, () => void | Promise<void>> = {
    '1': () => house.sensors.move('front-door'),
    '2': () => house.sensors.move('garden'),
    '3': () => house.sensors.move('garage'),
    a: () => setMode(house, 'away'),
    d: () => setMode(house, 'disarmed'),
    q: quit,
    '\u0003': quit,
  };
  const onKey = (key: string): void => {
    Promise.resolve(actions[key]?.()).catch((error: unknown) =>
      house.say(`That did not work: ${describeError(error)}`),
    );
  };
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.on('data', onKey);
  return () => {
    stdin.off('data', onKey);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
