import { describeError } from '@porchlight/core';
import { stdin } from 'node:process';
import { hangLine, passBlinkCamera, passRhombusCamera, ringDoorbell, type House } from './house.ts';
import { setMode } from './story.ts';

export const keysHelp =
  'Keys: 1 Blink camera · 2 Rhombus camera · 3 motion sensor · r doorbell · i internet gone · a arm · d disarm · q quit';

/** Lets who sits at the terminal play with the house. Returns the way to stop listening. */
export function startKeys(house: House, quit: () => void): () => void {
  if (!stdin.isTTY) return () => undefined;
  const actions: Record<string, () => void | Promise<void>> = {
    '1': () => passBlinkCamera(house, 'Yard'),
    '2': () => passRhombusCamera(house, 'Terrace'),
    '3': () => house.sensors.move('stairs'),
    r: () => ringDoorbell(house),
    i: () => hangLine(house),
    a: () => setMode(house, 'away'),
    d: () => setMode(house, 'disarmed'),
    q: quit,
    '\u0003': quit,
  };
  const onKey = (key: string): void => {
    const act = async (): Promise<void> => actions[key]?.();
    act().catch((error: unknown) => house.say(`That did not work: ${describeError(error)}`));
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
