import { defineTopic } from './define-topic.ts';
import {
  busEventSchema,
  commandResultSchema,
  commandSchema,
  deviceSchema,
  serviceHealthSchema,
  serviceInfoSchema,
  serviceStatusSchema,
  stateSchema,
} from './payloads.ts';

const example = { service: 'usb-power', device: 'lamp', capability: 'switch' };
const at = '2026-01-01T12:00:00.000Z';

/** The contract: every topic there is. Documentation and tests are made from this table. */
export const topics = {
  status: defineTopic({
    path: '<service>/status',
    payload: () => serviceStatusSchema,
    retain: true,
    summary: 'Whether a service runs, and which host owns it; also its last will.',
    example: { params: { service: 'blink' }, payload: { v: 1, state: 'online', owner: 'homebridge@pi', since: at } },
  }),
  info: defineTopic({
    path: '<service>/info',
    payload: () => serviceInfoSchema,
    retain: true,
    summary: 'Version and capabilities of a service.',
    example: {
      params: { service: 'blink' },
      payload: { v: 1, version: '0.1.0', startedAt: at, capabilities: ['motion', 'battery', 'health'] },
    },
  }),
  health: defineTopic({
    path: '<service>/health',
    payload: () => serviceHealthSchema,
    retain: false,
    summary: 'Figures for operators, every 60 s.',
    example: {
      params: { service: 'blink' },
      payload: {
        v: 1,
        at,
        uptimeSeconds: 3600,
        rssBytes: 96_000_000,
        published: 120,
        received: 14,
        refused: 0,
        queuedEvents: 0,
        droppedEvents: 0,
        reconnects: 0,
      },
    },
  }),
  device: defineTopic({
    path: '<service>/<device>',
    payload: () => deviceSchema,
    retain: true,
    summary: 'What a device is; an empty payload when it has gone.',
    example: {
      params: { service: 'usb-power', device: 'lamp' },
      payload: { v: 1, id: 'lamp', name: 'Alarm lamp', capabilities: { switch: { as: 'light' }, health: {} } },
    },
  }),
  state: defineTopic({
    path: '<service>/<device>/<capability>',
    payload: ({ capability }) => stateSchema(capability),
    retain: true,
    summary: 'The state of one capability.',
    example: { params: example, payload: { on: true } },
  }),
  command: defineTopic({
    path: '<service>/<device>/<capability>/set',
    payload: ({ capability }) => commandSchema(capability),
    retain: false,
    summary: 'A command. With an `id` it is answered; a retained one, or one older than 30 s, is dropped.',
    example: { params: example, payload: { command: { on: true }, id: 'a1', at } },
  }),
  result: defineTopic({
    path: '<service>/<device>/<capability>/result',
    payload: () => commandResultSchema,
    retain: false,
    summary: 'The answer to a command that had an `id`.',
    example: { params: example, payload: { v: 1, id: 'a1', ok: true } },
  }),
  event: defineTopic({
    path: 'event/<service>/<device>/<type>',
    payload: () => busEventSchema,
    retain: false,
    summary: 'A fact: a motion, a press, an alarm, a reboot. Delivered at least once; count it by its `id`.',
    example: {
      params: { service: 'blink', device: 'front-door', type: 'motion' },
      payload: {
        v: 1,
        id: 'blink-8123',
        type: 'motion',
        service: 'blink',
        device: 'front-door',
        name: 'Front door',
        occurredAt: at,
        observedAt: at,
        label: 'person',
      },
    },
  }),
} as const;

export type Topics = typeof topics;
