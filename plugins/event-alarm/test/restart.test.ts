import { expect, test } from '@jest/globals';
import { buildContext, createFakeClock, type FakeContext } from '@porchlight/core/testing';
import { beginAlarm, startAlarm, type Alarm } from './support/alarm.ts';

const lamp = { service: 'usb-power', device: 'lamp' };
const lampConfig = { switches: [{ device: 'usb-power/lamp' }] };
const minute = 60_000;

/** What the lamps of this run were told. */
const told = (alarm: Alarm): unknown[] => alarm.context.bus.commands.map(({ command }) => command);

async function ringIt(alarm: Alarm): Promise<void> {
  await alarm.setMode('away');
  alarm.motion();
  alarm.motion({ device: 'garden' });
  await alarm.settle();
}

/** As after kill -9: the disk is what it was, nothing was said goodbye to, and some time has passed. */
async function killed(alarm: Alarm, config: object, passedMs = 0): Promise<Alarm> {
  const files = new Map(alarm.context.storage.files);
  alarm.context.abort();
  await alarm.context.clock.advance(passedMs);
  alarm.context.storage.files.clear();
  for (const [name, text] of files) alarm.context.storage.files.set(name, text);
  return startAlarm(config, alarm.context);
}

/** A disk that is slower than a timer that is due at once. */
function slowDown({ storage, clock }: FakeContext): void {
  const open = storage.document.bind(storage);
  storage.document = (name, ...rest) => {
    const document = open(name, ...rest);
    const read = async () => {
      if (name === 'switches') await clock.advance(5);
      return document.read();
    };
    return { ...document, read };
  };
}

test('killed during the entry delay: it rings when the delay is over, and says why', async () => {
  const config = { delays: [{ mode: 'away', entrySeconds: 30 }] };
  const before = await startAlarm(config);
  await ringIt(before);
  expect(before.phase()).toBe('pending');
  await before.context.clock.advance(10_000);
  const after = await killed(before, config, 5_000);
  expect(after.phase()).toBe('pending');
  await after.context.clock.advance(14_000);
  expect(after.phase()).toBe('pending');
  await after.context.clock.advance(1_000);
  expect(after.phase()).toBe('triggered');
  expect(after.reason()).toBe('2 events within 2 minutes (Front door)');
});

test('killed within the abort window: people are told after it, and not when it is disarmed in time', async () => {
  const config = { abortSeconds: 20, publish: [{ topic: 'siren', payload: 'ON' }] };
  const before = await startAlarm(config);
  await ringIt(before);
  const after = await killed(before, config, 5_000);
  expect(after.phase()).toBe('triggered');
  expect(JSON.parse(after.context.storage.files.get('alarm') ?? '')).toMatchObject({
    alarm: { notifyAt: expect.any(Number) },
  });
  await after.context.clock.advance(15_000);
  expect(JSON.parse(after.context.storage.files.get('alarm') ?? '').alarm).not.toHaveProperty('notifyAt');
});

test('killed while it rings, and started when its time is over: armed, and the lamp is off', async () => {
  const before = await startAlarm(lampConfig);
  await ringIt(before);
  slowDown(before.context);
  const after = await killed(before, lampConfig, 10 * minute);
  await after.context.clock.advance(1_000);
  expect(after.phase()).toBe('armed');
  expect(told(after).at(-1)).toEqual({ on: false });
});

test.each(['disarmed', 'home'] as const)(
  'killed while the lamp is brought back (%s): it is brought back',
  async (mode) => {
    const before = await startAlarm(lampConfig);
    await ringIt(before);
    before.context.bus.setState(lamp, 'switch', { on: true });
    before.context.bus.onCommand = () => {
      throw new Error('it has no power');
    };
    await before.setMode(mode);
    await before.settle();
    const after = await killed(before, lampConfig, 1_000);
    after.context.bus.setState(lamp, 'switch', { on: true });
    await after.context.clock.advance(1_000);
    expect(told(after)).toEqual([{ on: false }]);
  },
);

test('a lamp that is away when the alarm ends goes off when it is back, however late', async () => {
  const alarm = await startAlarm(lampConfig);
  await ringIt(alarm);
  alarm.context.bus.setState(lamp, 'switch', { on: true });
  alarm.context.bus.onCommand = () => {
    throw new Error('it does not answer');
  };
  await alarm.setMode('disarmed');
  await alarm.context.clock.advance(30 * minute);
  expect(alarm.service.devices.state('alarm', 'health')?.problem).toContain('could not be switched off');
  alarm.context.bus.onCommand = ({ command }) => alarm.context.bus.setState(lamp, 'switch', command as { on: boolean });
  await alarm.context.clock.advance(minute);
  expect(told(alarm).at(-1)).toEqual({ on: false });
  expect(alarm.service.devices.state('alarm', 'health')).toEqual({ ok: true });
  const count = told(alarm).length;
  await alarm.context.clock.advance(10 * minute);
  expect(told(alarm)).toHaveLength(count);
});

test('rung again while a lamp is brought back, it still goes back to what it was before all', async () => {
  const alarm = await startAlarm(lampConfig);
  await ringIt(alarm);
  alarm.context.bus.setState(lamp, 'switch', { on: true });
  alarm.context.bus.onCommand = () => {
    throw new Error('busy');
  };
  await alarm.setMode('home');
  await alarm.settle();
  alarm.context.bus.onCommand = () => undefined;
  alarm.motion();
  alarm.motion();
  await alarm.setMode('disarmed');
  await alarm.settle();
  expect(told(alarm).slice(-2)).toEqual([{ on: true }, { on: false }]);
});

test('a clean restart while armed leaves the lamps alone', async () => {
  const before = await startAlarm(lampConfig);
  await before.setMode('away');
  await before.settle();
  before.context.abort();
  await before.service.stop();
  const after = await startAlarm(lampConfig, before.context);
  after.context.bus.setState(lamp, 'switch', { on: true });
  await after.context.clock.advance(minute);
  expect(told(after)).toEqual([]);
  expect(after.phase()).toBe('armed');
});

test('one that was stopped no longer follows the lamps', async () => {
  const alarm = await startAlarm(lampConfig);
  await alarm.setMode('away');
  alarm.context.abort();
  await alarm.service.stop();
  const before = alarm.context.storage.files.get('switches');
  alarm.context.bus.setState(lamp, 'switch', { on: true });
  await alarm.settle();
  expect(alarm.context.storage.files.get('switches')).toBe(before);
});

test('a clock that is set back by a day makes it neither deaf nor ring', async () => {
  const alarm = await startAlarm();
  await alarm.setMode('away');
  alarm.context.clock.jump(-24 * 60 * minute);
  alarm.motion();
  expect(alarm.phase()).toBe('armed');
  alarm.motion({ device: 'garden' });
  expect(alarm.phase()).toBe('triggered');
});

test.each([
  ['it is armed when the time to arm came while it was down', '0 0 * * *', 'away', 10, 'armed'],
  ['it is not armed when that was long ago', '0 0 * * *', 'away', 70, 'idle'],
  ['nothing is disarmed by a start', '0 0 * * *', 'disarmed', 10, 'idle'],
] as const)('schedule: %s', async (_what, cron, mode, minutesLater, phase) => {
  const config = { schedule: [{ cron, mode }], timeZone: 'UTC' };
  // The fake clock starts at midnight: five minutes before it.
  const before = await startAlarm(config, buildContext({ clock: createFakeClock(1_767_225_600_000 - 5 * minute) }));
  await before.settle();
  const after = await killed(before, config, (5 + minutesLater) * minute);
  expect(after.phase()).toBe(phase);
});

test('schedule: what was disarmed by hand after its time stays so over a restart', async () => {
  const config = { schedule: [{ cron: '0 0 * * *', mode: 'away' }], timeZone: 'UTC' };
  const before = await startAlarm(config, buildContext({ clock: createFakeClock(1_767_225_600_000 - 5 * minute) }));
  await before.settle();
  const armed = await killed(before, config, 10 * minute);
  await armed.setMode('disarmed');
  await armed.settle();
  expect((await killed(armed, config, minute)).phase()).toBe('idle');
});

test('an order that comes before the disk has answered is carried out, and shows nothing wrong before', async () => {
  const before = await startAlarm();
  await before.setMode('away');
  await before.settle();
  const { service, started } = beginAlarm({}, before.context);
  const shown: (string | undefined)[] = [];
  service.devices.subscribe(() => shown.push(service.devices.state('alarm', 'alarm')?.mode));
  expect(service.devices.state('alarm', 'alarm')).toBeUndefined();
  const alarm = { device: 'alarm', capability: 'alarm' } as const;
  const ordered = service.devices.command(alarm, { action: 'set-mode', mode: 'night' }, 'homekit');
  await Promise.all([started, ordered]);
  expect(service.devices.state('alarm', 'alarm')).toMatchObject({ mode: 'night', phase: 'armed' });
  expect(shown).not.toContain('disarmed');
});
