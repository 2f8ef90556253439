import { eventAlarmSchema } from '@porchlight/config-schemas';
import { expect, test } from '@jest/globals';
import type { DeviceChange } from '@porchlight/core';
import { startAlarm, type Alarm } from './support/alarm.ts';

const lampConfig = { switches: [{ device: 'usb-power/lamp' }] };
const lamp = { service: 'usb-power', device: 'lamp' };

async function ringIt(alarm: Alarm): Promise<void> {
  await alarm.setMode('away');
  alarm.motion();
  alarm.motion({ device: 'garden' });
  await alarm.settle();
}

const lampCommands = (alarm: Alarm): unknown[] => alarm.context.bus.commands.map(({ command }) => command);

test('the shortest configuration is an alarm: two motions within two minutes ring it', async () => {
  expect(eventAlarmSchema.parse({})).toMatchObject({ thresholdEventCount: 2, alarmLookbackMinutes: 2 });
  const alarm = await startAlarm();
  expect(alarm.phase()).toBe('idle');
  await alarm.setMode('away');
  alarm.motion();
  expect(alarm.phase()).toBe('armed');
  alarm.motion({ device: 'garden', name: 'Garden' });
  expect(alarm.phase()).toBe('triggered');
  expect(alarm.reason()).toBe('2 events within 2 minutes (Front door, Garden)');
  await alarm.context.clock.advance(180_000);
  expect(alarm.phase()).toBe('armed');
});

test('what happened while it was disarmed does not ring it', async () => {
  const alarm = await startAlarm();
  alarm.motion();
  await alarm.setMode('away');
  alarm.motion();
  expect(alarm.phase()).toBe('armed');
});

test('the switch command is sent in the same turn as the event, before anything is written', async () => {
  const alarm = await startAlarm(lampConfig);
  await alarm.setMode('away');
  await alarm.settle();
  alarm.motion();
  alarm.motion();
  expect(lampCommands(alarm)).toEqual([{ on: true }]);
});

test('the lamp goes back to what it was', async () => {
  const alarm = await startAlarm(lampConfig);
  alarm.context.bus.setState(lamp, 'switch', { on: true });
  await ringIt(alarm);
  await alarm.setMode('disarmed');
  await alarm.settle();
  expect(lampCommands(alarm)).toEqual([{ on: true }, { on: true }]);
});

test('flashes as configured, then stays on until it is over', async () => {
  const alarm = await startAlarm({ switches: [{ device: 'usb-power/lamp', pattern: 'flash', flashes: 2 }] });
  await ringIt(alarm);
  await alarm.context.clock.advance(10_000);
  expect(lampCommands(alarm)).toEqual([{ on: true }, { on: false }, { on: true }, { on: false }, { on: true }]);
  await alarm.setMode('disarmed');
  await alarm.settle();
  expect(lampCommands(alarm).at(-1)).toEqual({ on: false });
});

test('a switch that fails is tried again, is named as a problem, and holds no other', async () => {
  const alarm = await startAlarm({ switches: [{ device: 'usb-power/broken' }, { device: 'usb-power/lamp' }] });
  alarm.context.bus.onCommand = ({ device }) => {
    if (device === 'broken') throw new Error('it has no power');
  };
  await ringIt(alarm);
  await alarm.context.clock.advance(170_000);
  const sent = alarm.context.bus.commands.map(({ device }) => device);
  expect(sent.filter((device) => device === 'lamp')).toHaveLength(1);
  expect(sent.filter((device) => device === 'broken').length).toBeGreaterThan(8);
  expect(alarm.service.devices.state('alarm', 'health')).toEqual({
    ok: false,
    problem: 'usb-power/broken could not be switched on: it has no power',
  });
});

test('after a crash in the middle of the ringing the lamp goes back, and it goes on ringing for the rest of its time', async () => {
  const before = await startAlarm(lampConfig);
  await ringIt(before);
  await before.context.clock.advance(60_000);
  const after = await startAlarm(lampConfig, before.context);
  expect(after.phase()).toBe('triggered');
  expect(lampCommands(after)).toEqual([{ on: true }]);
  await after.context.clock.advance(120_000);
  expect(after.phase()).toBe('armed');
  expect(lampCommands(after)).toEqual([{ on: true }, { on: false }]);
});

test('a crash right after the first switch command does not leave the lamp on', async () => {
  const before = await startAlarm(lampConfig);
  await before.setMode('away');
  await before.settle();
  const files = new Map(before.context.storage.files);
  before.motion();
  before.motion();
  expect(lampCommands(before)).toEqual([{ on: true }]);
  // The disk has seen nothing of the ringing yet.
  before.context.storage.files.clear();
  for (const [name, text] of files) before.context.storage.files.set(name, text);
  const after = await startAlarm(lampConfig, before.context);
  await after.settle();
  expect(after.phase()).toBe('armed');
  expect(lampCommands(after)).toEqual([{ on: false }]);
});

test('mode, delays and counted events survive a restart; nothing is disarmed and nothing rings by itself', async () => {
  const config = { delays: [{ mode: 'away', exitSeconds: 60 }] };
  const first = await startAlarm(config);
  await first.setMode('away');
  await first.context.clock.advance(20_000);
  const second = await startAlarm(config, first.context);
  expect(second.phase()).toBe('arming');
  await second.context.clock.advance(40_000);
  expect(second.phase()).toBe('armed');
  second.motion();
  await second.settle();
  const third = await startAlarm(config, second.context);
  expect(third.phase()).toBe('armed');
  third.motion();
  expect(third.phase()).toBe('triggered');
});

test('no secret is in a log line, an error or a state', async () => {
  const alarm = await startAlarm({
    code: '471147',
    notifications: { channels: [{ type: 'ntfy', topic: 'secret-topic' }] },
  });
  const changes: DeviceChange[] = [];
  alarm.service.devices.subscribe((change) => changes.push(change));
  await alarm.setMode('away', { code: '471147' }, 'bus');
  const error = await alarm.setMode('disarmed', { code: '471148' }, 'bus').catch((reason: unknown) => reason);
  await alarm.setMode('disarmed', { code: '471147' }, 'bus');
  await alarm.settle();
  const said = [
    String(error),
    ...alarm.context.log.lines,
    JSON.stringify(changes),
    ...alarm.context.storage.files.values(),
  ];
  expect(said.join('\n')).not.toMatch(/47114[78]|secret-topic/);
});

test('a source that is lost while armed is a fault at once', async () => {
  const alarm = await startAlarm();
  const camera = { service: 'blink', device: 'garden' };
  alarm.context.bus.setState(camera, 'motion', { detected: false });
  await alarm.setMode('away');
  expect(alarm.service.devices.state('alarm', 'health')).toEqual({ ok: true });
  alarm.context.bus.setState(camera, 'health', { ok: false, reachable: false });
  expect(alarm.service.devices.state('alarm', 'health')).toEqual({
    ok: false,
    problem: 'No answer from blink/garden.',
  });
  alarm.context.bus.setState(camera, 'health', { ok: true });
  expect(alarm.service.devices.state('alarm', 'health')).toEqual({ ok: true });
});

test('arming with a source offline is refused where the owner wants that, and the reason shows', async () => {
  const alarm = await startAlarm({ offlineSources: 'refuse' });
  alarm.context.bus.setState({ service: 'blink', device: 'garden' }, 'motion', { detected: false });
  alarm.context.bus.setServiceStatus('blink', { state: 'offline', owner: 'x', since: 0 });
  await expect(alarm.setMode('away')).rejects.toMatchObject({ code: 'alarm.source-offline' });
  expect(alarm.reason()).toBe('Not armed: no answer from blink/garden.');
  await alarm.setMode('away', { force: true });
  expect(alarm.phase()).toBe('armed');
});

test('rules by mode: people at night, anything while away', async () => {
  const alarm = await startAlarm({
    rules: [
      { name: 'Night', modes: ['night'], threshold: 1, sources: { labels: ['person'] } },
      { name: 'Away', modes: ['away'], threshold: 1 },
    ],
  });
  await alarm.setMode('night');
  alarm.motion({ label: 'animal' });
  expect(alarm.phase()).toBe('armed');
  alarm.motion({ label: 'person' });
  expect(alarm.reason()).toBe('Night: 1 event (Front door)');
});

test('the live count of each rule is there for a dashboard, and falls as events grow old', async () => {
  const alarm = await startAlarm({ thresholdEventCount: 3 });
  alarm.motion();
  alarm.motion();
  expect(alarm.service.devices.state('alarm', 'measurement')?.values).toEqual({ rule1: 2 });
  await alarm.context.clock.advance(130_000);
  expect(alarm.service.devices.state('alarm', 'measurement')?.values).toEqual({ rule1: 0 });
});

test.each(['motion', 'contact'] as const)('an extra %s sensor is on while it rings', async (sensor) => {
  const alarm = await startAlarm({ sensor });
  await ringIt(alarm);
  expect(alarm.service.devices.state('sensor', sensor)).toMatchObject(
    sensor === 'motion' ? { detected: true } : { open: true },
  );
  await alarm.setMode('disarmed');
  expect(alarm.service.devices.state('sensor', sensor)).toEqual(
    sensor === 'motion' ? { detected: false } : { open: false },
  );
});

test('the test switch rings it once, and falls back', async () => {
  const alarm = await startAlarm({ testSwitch: true, triggerSeconds: 10 });
  await alarm.service.devices.command({ device: 'test', capability: 'switch' }, { on: true }, 'homekit');
  expect(alarm.phase()).toBe('triggered');
  expect(alarm.service.devices.state('test', 'switch')).toEqual({ on: true });
  await alarm.context.clock.advance(10_000);
  expect(alarm.phase()).toBe('idle');
  expect(alarm.service.devices.state('test', 'switch')).toEqual({ on: false });
});

test('rung by hand it is no test: it rings in any mode, and the test switch stays off', async () => {
  const alarm = await startAlarm({ testSwitch: true, afterTrigger: 'stay' });
  await alarm.service.devices.command({ device: 'alarm', capability: 'alarm' }, { action: 'trigger' }, 'bus');
  await alarm.context.clock.advance(3_600_000);
  expect(alarm.phase()).toBe('triggered');
  expect(alarm.service.devices.state('test', 'switch')).toEqual({ on: false });
  await alarm.setMode('disarmed');
  expect(alarm.phase()).toBe('idle');
});

test("the owner's own messages go with the alarm", async () => {
  const publish = [
    { topic: 'siren/set', payload: 'ON' },
    { topic: 'siren/set', payload: 'OFF', on: 'cleared' },
  ];
  const alarm = await startAlarm({ publish });
  await ringIt(alarm);
  await alarm.setMode('disarmed');
  await alarm.settle();
  expect(alarm.context.bus.published.map(({ payload }) => payload)).toEqual(['ON', 'OFF']);
});

test('a jump of the wall clock by a day neither ends nor prolongs the ringing', async () => {
  const alarm = await startAlarm();
  await ringIt(alarm);
  alarm.context.clock.jump(86_400_000);
  alarm.motion();
  await alarm.settle();
  expect(alarm.phase()).toBe('triggered');
  alarm.context.clock.jump(-2 * 86_400_000);
  await alarm.context.clock.advance(180_000);
  expect(alarm.phase()).toBe('armed');
});

test('after a start it holds off for as long as the owner wants', async () => {
  const alarm = await startAlarm({ thresholdEventCount: 1, startupHoldoffSeconds: 30 });
  await alarm.setMode('away');
  alarm.motion();
  expect(alarm.phase()).toBe('armed');
  await alarm.context.clock.advance(30_000);
  alarm.motion();
  expect(alarm.phase()).toBe('triggered');
});

test('stops at once in the middle of an action, and leaves nothing behind', async () => {
  const alarm = await startAlarm({ switches: [{ device: 'usb-power/lamp', pattern: 'flash' }], sensor: 'motion' });
  await ringIt(alarm);
  alarm.context.abort();
  await alarm.service.stop();
  await alarm.service.stop();
  await alarm.settle();
  expect(alarm.context.clock.pending).toBe(0);
});

test('an uneventful hour says nothing', async () => {
  const alarm = await startAlarm();
  await alarm.setMode('away');
  const before = alarm.context.log.lines.length;
  await alarm.context.clock.advance(3_600_000);
  expect(alarm.context.log.lines).toHaveLength(before);
});

test('a mode that is not offered is refused by name', async () => {
  const alarm = await startAlarm({ modes: ['away'] });
  await expect(alarm.setMode('night', {}, 'bus')).rejects.toThrow('The mode night is not offered');
});

test('a schedule arms it by itself', async () => {
  // The schedule goes by the real clock: every second, so that the wait is short.
  const alarm = await startAlarm({ schedule: [{ cron: '* * * * * *', mode: 'night' }] });
  while (alarm.phase() !== 'armed') await new Promise((resolve) => setTimeout(resolve, 20));
  await alarm.service.stop();
});

test('a schedule that is no time is named, and the others go on', async () => {
  const alarm = await startAlarm({ schedule: [{ cron: '99 * * * *', mode: 'night' }] });
  expect(alarm.service.devices.state('alarm', 'health')?.problem).toContain('The schedule "99 * * * *" is no time');
  expect(alarm.phase()).toBe('idle');
});
