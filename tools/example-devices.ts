import type { DeviceDescription } from '@porchlight/core';

type Example = Pick<DeviceDescription, 'id' | 'capabilities'>;

const alarmModes = { modes: ['home' as const, 'away' as const, 'night' as const] };

/** Devices as a typical configuration has them, for the topic tables of the READMEs. */
const examples: Record<string, readonly Example[]> = {
  'event-alarm': [
    { id: 'alarm', capabilities: { alarm: alarmModes, measurement: { quantities: {} }, health: {} } },
    { id: 'sensor', capabilities: { motion: {}, health: {} } },
    { id: 'test', capabilities: { switch: {}, health: {} } },
  ],
  rhombus: [
    { id: 'front-door', capabilities: { motion: {}, camera: {}, health: {} } },
    { id: 'back-door', capabilities: { contact: {}, battery: {}, health: {} } },
    { id: 'cellar', capabilities: { temperature: {}, battery: {}, health: {} } },
    { id: 'stairs', capabilities: { motion: {}, battery: {}, health: {} } },
  ],
};

export function exampleDevices(service: string): readonly Example[] {
  return examples[service] ?? [];
}
