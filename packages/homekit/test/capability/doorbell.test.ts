import { expect, test } from '@jest/globals';
import { addDoor, createHome, type Home } from '../support/home.ts';

function countRings(home: Home): () => number {
  let rings = 0;
  home.characteristic('door', 'Doorbell', 'ProgrammableSwitchEvent').on('change' as never, () => rings++);
  return () => rings;
}

test('rings once for each press', () => {
  const home = createHome();
  const door = addDoor(home, { capabilities: { doorbell: {} }, state: { doorbell: {} } });
  const rings = countRings(home);
  door.update('doorbell', { lastPress: home.clock.now() });
  expect(rings()).toBe(1);
  door.update('doorbell', { lastPress: home.clock.now() + 1 });
  expect(rings()).toBe(2);
  expect(home.value('door', 'Doorbell', 'ProgrammableSwitchEvent')).toBe(0);
});

test('does not ring for a press of long ago, nor when it is described anew', () => {
  const home = createHome();
  const lastPress = home.clock.now() - 61_000;
  const door = addDoor(home, { capabilities: { doorbell: {} }, state: { doorbell: {} } });
  const rings = countRings(home);
  door.update('doorbell', { lastPress });
  door.describe({ name: 'Garden gate' });
  expect(rings()).toBe(0);
});
