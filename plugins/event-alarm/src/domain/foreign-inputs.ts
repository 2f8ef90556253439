/** A motion that another system reports, before it becomes an event. */
export interface Sighting {
  /** Stable id of the other system, where it has one. */
  id?: string;
  device: string;
  name: string;
  label?: string;
  /** Epoch milliseconds, where the message tells. */
  occurredAt?: number;
}

export type PresetName =
  | 'frigate-events'
  | 'frigate-reviews'
  | 'zigbee2mqtt'
  | 'tasmota'
  | 'home-assistant'
  | 'camera'
  | 'custom';

/** What one message says: whether there is motion now, and what of it. Undefined: nothing of interest. */
export interface Reading {
  isActive: boolean;
  sighting: Sighting;
}

export interface InputRule {
  preset: PresetName;
  path?: string;
  equals?: string;
  device?: string;
  label?: string;
}

/** Reads a message by its preset; `payload` is parsed JSON, or the text where it is none. */
export function readMessage(rule: InputRule, topic: string, payload: unknown): Reading[] {
  return readings[rule.preset](rule, topic, payload).map(({ isActive, sighting }) => ({
    isActive,
    sighting: {
      ...sighting,
      ...(rule.device !== undefined && { device: rule.device }),
      ...(rule.label !== undefined && { label: rule.label }),
    },
  }));
}

/** The usual topics of a preset. */
export const usualTopics: Readonly<Record<PresetName, string | undefined>> = {
  'frigate-events': 'frigate/events',
  'frigate-reviews': 'frigate/reviews',
  zigbee2mqtt: 'zigbee2mqtt/+',
  tasmota: 'stat/+/RESULT',
  'home-assistant': undefined,
  camera: 'homebridge/motion/#',
  custom: undefined,
};

const readings: Record<PresetName, (rule: InputRule, topic: string, payload: unknown) => Reading[]> = {
  'frigate-events': (_rule, _topic, payload) => {
    const after = field(payload, 'after');
    const [id, camera, start] = [field(after, 'id'), field(after, 'camera'), field(after, 'start_time')];
    if (typeof id !== 'string' || typeof camera !== 'string' || typeof start !== 'number') return [];
    if (field(after, 'false_positive') === true) return [];
    const label = field(after, 'label');
    const sighting = { id, device: camera, name: camera, ...text('label', label), occurredAt: start * 1000 };
    return [{ isActive: field(payload, 'type') !== 'end', sighting }];
  },
  'frigate-reviews': (_rule, _topic, payload) => {
    const after = field(payload, 'after');
    const [id, camera, start] = [field(after, 'id'), field(after, 'camera'), field(after, 'start_time')];
    if (typeof id !== 'string' || typeof camera !== 'string' || typeof start !== 'number') return [];
    const objects = field(field(after, 'data'), 'objects');
    const label: unknown = Array.isArray(objects) ? objects[0] : undefined;
    const sighting = {
      id: `review-${id}`,
      device: camera,
      name: camera,
      ...text('label', label),
      occurredAt: start * 1000,
    };
    return [{ isActive: field(payload, 'type') !== 'end', sighting }];
  },
  zigbee2mqtt: (_rule, topic, payload) => {
    const name = lastLevel(topic);
    const value = field(payload, 'occupancy') ?? field(payload, 'presence');
    return typeof value === 'boolean' ? [{ isActive: value, sighting: { device: name, name } }] : [];
  },
  tasmota: (_rule, topic, payload) => {
    const name = topic.split('/').at(-2) ?? topic;
    const value = firstField(payload, /^(Switch|PIR|Motion)\d*$/i);
    const state = field(value, 'Action') ?? field(value, 'State') ?? value;
    if (state !== 'ON' && state !== 'OFF' && state !== 1 && state !== 0) return [];
    return [{ isActive: state === 'ON' || state === 1, sighting: { device: name, name } }];
  },
  'home-assistant': (_rule, topic, payload) => {
    // mqtt_statestream publishes <base>/<domain>/<object>/state with the bare state.
    const levels = topic.split('/');
    const name = (levels.at(-1) === 'state' ? levels.at(-2) : levels.at(-1)) ?? topic;
    const state = typeof payload === 'string' ? payload : field(payload, 'state');
    if (state !== 'on' && state !== 'off') return [];
    return [{ isActive: state === 'on', sighting: { device: name, name } }];
  },
  camera: (_rule, topic, payload) => {
    // homebridge-camera-ffmpeg: homebridge/motion carries the camera's name, homebridge/motion/reset ends it.
    const name = field(payload, 'camera') ?? field(payload, 'name') ?? payload;
    if (typeof name !== 'string' || name === '') return [];
    const state = field(payload, 'state') ?? field(payload, 'motion') ?? true;
    return [{ isActive: !topic.endsWith('/reset') && isTruthy(state), sighting: { device: name, name } }];
  },
  custom: ({ path, equals }, topic, payload) => {
    const value = path === undefined ? payload : path.split('.').reduce<unknown>(field, payload);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return [];
    const name = lastLevel(topic);
    const isActive = equals === undefined ? isTruthy(value) : String(value) === equals;
    return [{ isActive, sighting: { device: name, name } }];
  },
};

function isTruthy(value: unknown): boolean {
  return typeof value === 'string' ? /^(on|true|1|yes|detected|motion|open)$/i.test(value) : Boolean(value);
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function firstField(value: unknown, name: RegExp): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => name.test(key))?.[1];
}

function text<K extends string>(key: K, value: unknown): Partial<Record<K, string>> {
  return typeof value === 'string' && value !== '' ? ({ [key]: value } as Record<K, string>) : {};
}

function lastLevel(topic: string): string {
  return topic.slice(topic.lastIndexOf('/') + 1);
}
