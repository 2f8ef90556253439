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
  blink: [
    { id: 'yard', capabilities: { motion: {}, switch: {}, camera: {}, battery: {}, temperature: {}, health: {} } },
    { id: 'front-door', capabilities: { motion: {}, doorbell: {}, switch: {}, camera: {}, battery: {}, health: {} } },
    { id: 'home-system', capabilities: { switch: {}, health: {} } },
    { id: 'account', capabilities: { measurement: { quantities: {} }, health: {} } },
  ],
  rhombus: [
    { id: 'front-door', capabilities: { motion: {}, camera: {}, health: {} } },
    { id: 'back-door', capabilities: { contact: {}, battery: {}, health: {} } },
    { id: 'cellar', capabilities: { temperature: {}, battery: {}, health: {} } },
    { id: 'stairs', capabilities: { motion: {}, battery: {}, health: {} } },
  ],
  'smart-plug': [
    { id: 'router', capabilities: { switch: {}, 'power-cycle': {}, measurement: { quantities: {} }, health: {} } },
    { id: 'internet', capabilities: { 'power-cycle': {}, health: {} } },
  ],
  watchdog: [
    { id: 'internet', capabilities: { connectivity: {}, measurement: { quantities: {} }, health: {} } },
    { id: 'router', capabilities: { 'power-cycle': {}, health: {} } },
    { id: 'pause', capabilities: { switch: {}, health: {} } },
  ],
  footage: [{ id: 'films', capabilities: { health: {} } }],
  'usb-power': [{ id: 'porch-lamp', capabilities: { switch: { as: 'light' }, health: {} } }],
};

export function exampleDevices(service: string): readonly Example[] {
  return examples[service] ?? [];
}
