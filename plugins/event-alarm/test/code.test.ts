import { expect, test } from '@jest/globals';
import { startAlarm } from './support/alarm.ts';

test('a code is asked for on the bus, never in Apple Home', async () => {
  const alarm = await startAlarm({ code: '4711' });
  await alarm.setMode('away', {}, 'bus');
  await expect(alarm.setMode('disarmed', {}, 'bus')).rejects.toMatchObject({ code: 'alarm.code.wrong' });
  await expect(alarm.setMode('disarmed', { code: '1111' }, 'bus')).rejects.toMatchObject({ code: 'alarm.code.wrong' });
  expect(alarm.phase()).toBe('armed');
  await alarm.setMode('disarmed', { code: '4711' }, 'bus');
  await alarm.setMode('away');
  await alarm.setMode('disarmed');
  expect(alarm.phase()).toBe('idle');
});

test('arming, which needs no code, is no way to end an alarm without one', async () => {
  const alarm = await startAlarm({ code: '4711' });
  await alarm.setMode('away');
  alarm.motion();
  alarm.motion();
  for (const mode of ['away', 'home'] as const) {
    await expect(alarm.setMode(mode, {}, 'bus')).rejects.toMatchObject({ code: 'alarm.code.wrong' });
  }
  expect(alarm.phase()).toBe('triggered');
  await alarm.setMode('home', { code: '4711' }, 'bus');
  expect(alarm.phase()).toBe('armed');
});

test('guessing the code is stopped, also over a restart', async () => {
  const alarm = await startAlarm({ code: '4711' });
  await alarm.setMode('away');
  for (let count = 0; count < 5; count += 1)
    await alarm.setMode('disarmed', { code: '0' }, 'bus').catch(() => undefined);
  await alarm.settle();
  const after = await startAlarm({ code: '4711' }, alarm.context);
  await expect(after.setMode('disarmed', { code: '4711' }, 'bus')).rejects.toMatchObject({
    code: 'alarm.code.blocked',
  });
  await after.context.clock.advance(30_000);
  await after.setMode('disarmed', { code: '4711' }, 'bus');
  expect(after.phase()).toBe('idle');
});
