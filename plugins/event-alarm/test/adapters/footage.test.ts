import { expect, test } from '@jest/globals';
import { startAlarm, type Alarm } from '../support/alarm.ts';

const topic = 'porchlight/footage/films/copy/request';
const requests = ({ context }: Alarm): unknown[] =>
  context.bus.published
    .filter((message) => message.topic === topic)
    .map(({ payload }) => JSON.parse(payload) as unknown);

/** Two cameras of Rhombus and one of another kind, 20 s apart. */
async function ring(alarm: Alarm): Promise<void> {
  await alarm.setMode('away');
  alarm.motion({ service: 'rhombus', device: 'front-door' });
  await alarm.context.clock.advance(20_000);
  alarm.motion({ service: 'blink', device: 'yard' });
  alarm.motion({ service: 'rhombus', device: 'front-door' });
  await alarm.settle();
}

test('it asks for the footage of the cameras that were counted, from the first event to the ringing', async () => {
  const alarm = await startAlarm({ footage: 'counted', thresholdEventCount: 3 });
  const firstAt = alarm.context.clock.now();
  await ring(alarm);
  expect(alarm.phase()).toBe('triggered');
  expect(requests(alarm)).toEqual([
    {
      id: expect.stringMatching(/^alarm-\d+$/),
      at: new Date(firstAt).toISOString(),
      until: new Date(firstAt + 20_000).toISOString(),
      cameras: ['rhombus/front-door'],
    },
  ]);
});

test('with all it names no camera, and a test alarm asks as well', async () => {
  const alarm = await startAlarm({ footage: 'all' });
  await alarm.service.devices.command({ device: 'alarm', capability: 'alarm' }, { action: 'trigger' }, 'homekit');
  await alarm.settle();
  expect(requests(alarm)).toEqual([{ id: expect.any(String), at: expect.any(String), until: expect.any(String) }]);
});

test.each([{ footage: 'none' }, { footage: 'counted', sources: { services: ['blink'] }, thresholdEventCount: 1 }])(
  'with %j nothing is asked for',
  async (config) => {
    const alarm = await startAlarm(config);
    await ring(alarm);
    expect(alarm.phase()).toBe('triggered');
    expect(requests(alarm)).toEqual([]);
  },
);

test('it asks again until the broker has it, however long that takes, and says so once', async () => {
  const alarm = await startAlarm({ footage: 'all' });
  const { bus, log, clock } = alarm.context;
  const publish = bus.foreign.publish.bind(bus.foreign);
  let failures = 2;
  bus.foreign.publish = async (...message) => {
    failures -= 1;
    if (failures >= 0) throw new Error('no broker');
    await publish(...message);
  };
  await ring(alarm);
  await clock.advance(10_000);
  expect(requests(alarm)).toHaveLength(1);
  failures = 1_000;
  await alarm.setMode('disarmed');
  await ring(alarm);
  await clock.advance(3_600_000);
  expect(requests(alarm)).toHaveLength(1);
  failures = 0;
  await clock.advance(30_000);
  expect(requests(alarm)).toHaveLength(2);
  const said = 'The footage of the alarm could not be asked for yet: no broker';
  expect(log.lines.filter((line) => line.includes(said))).toHaveLength(2);
});
