import { expect, test } from '@jest/globals';
import { startAlarm } from './support/alarm.ts';

test('without the broker nothing can ring it: that is a fault while armed, and said when arming', async () => {
  const alarm = await startAlarm();
  await alarm.setMode('away');
  alarm.context.bus.setConnected(false);
  const problem = 'No answer from the MQTT broker.';
  expect(alarm.service.devices.state('alarm', 'health')).toEqual({ ok: false, problem });
  await alarm.setMode('night');
  expect(alarm.reason()).toBe('Armed without the MQTT broker.');
  alarm.context.bus.setConnected(true);
  expect(alarm.service.devices.state('alarm', 'health')).toEqual({ ok: true });
});

test('a message of the owner goes out however long the broker is away, unless its opposite has come', async () => {
  const publish = (['triggered', 'cleared', 'armed'] as const).map((on) => ({ topic: `my/${on}`, on }));
  const alarm = await startAlarm({ publish });
  const { foreign } = alarm.context.bus;
  const send = foreign.publish;
  foreign.publish = () => Promise.reject(new Error('no broker'));
  await alarm.setMode('away');
  alarm.motion();
  alarm.motion({ device: 'garden' });
  await alarm.context.clock.advance(180_000);
  expect(alarm.service.devices.state('alarm', 'health')?.problem).toContain('The message to my/cleared');
  await alarm.context.clock.advance(3_600_000);
  foreign.publish = send;
  await alarm.context.clock.advance(30_000);
  expect(alarm.context.bus.published.map(({ topic }) => topic).toSorted()).toEqual(['my/armed', 'my/cleared']);
  expect(alarm.service.devices.state('alarm', 'health')).toEqual({ ok: true });
  expect(alarm.context.log.lines.filter((line) => line.includes('my/'))).toHaveLength(3);
});
