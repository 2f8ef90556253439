import type { Home } from './folder.ts';

/** Homebridge's configuration of the demo: what an owner would enter in the forms, with shorter delays. */
export function describePlatforms({ brokerPort }: Home): object[] {
  const broker = { port: brokerPort };
  return [
    {
      platform: 'PorchlightEventAlarm',
      name: 'House alarm',
      thresholdEventCount: 3,
      delays: [{ mode: 'away', exitSeconds: 5 }],
      triggerSeconds: 30,
      sensor: 'motion',
      switches: [{ device: 'demo/lamp', pattern: 'flash', flashes: 10 }],
      broker,
    },
  ];
}
