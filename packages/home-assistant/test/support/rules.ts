import * as z from 'zod';

/**
 * What Home Assistant's MQTT discovery asks of a device message, as its integration checks it (home-assistant/core,
 * components/mqtt and components/sensor), as far as we use it. Strict: a key that is not here is a mistake of ours.
 */

const topic = z.string().regex(/^[^+#\s]+$/);
const template = z.string().min(1);
const common = {
  unique_id: z.string().regex(/^[A-Za-z0-9_-]+$/),
  name: z.string().min(1).nullable(),
  entity_category: z.literal('diagnostic').optional(),
};
const attributes = { json_attributes_topic: topic.optional() };

const binarySensor = z.strictObject({
  platform: z.literal('binary_sensor'),
  ...common,
  ...attributes,
  state_topic: topic,
  value_template: template,
  device_class: z.enum(['motion', 'opening', 'connectivity', 'battery', 'problem']),
});

/** Units that a device class allows; `null` is none. */
const units: Record<string, readonly (string | null)[]> = {
  aqi: [null],
  battery: ['%'],
  carbon_dioxide: ['ppm'],
  current: ['A', 'mA'],
  duration: ['d', 'h', 'min', 's', 'ms', 'µs'],
  energy: ['Wh', 'kWh', 'MWh'],
  enum: [null],
  humidity: ['%'],
  pm25: ['µg/m³'],
  power: ['mW', 'W', 'kW'],
  temperature: ['°C', '°F', 'K'],
  timestamp: [null],
  voltage: ['mV', 'V'],
  volatile_organic_compounds_parts: ['ppb', 'ppm'],
};
/** State classes that a device class allows; the others allow `measurement` only. */
const stateClasses: Record<string, readonly string[]> = {
  energy: ['total', 'total_increasing'],
  enum: [],
  timestamp: [],
};

const sensor = z
  .strictObject({
    platform: z.literal('sensor'),
    ...common,
    ...attributes,
    state_topic: topic,
    value_template: template,
    device_class: z.string().optional(),
    state_class: z.enum(['measurement', 'total', 'total_increasing']).optional(),
    unit_of_measurement: z.string().optional(),
    options: z.array(z.string()).min(1).optional(),
  })
  .check(({ value, issues }) => {
    const { device_class: device, state_class: state, unit_of_measurement: unit = null } = value;
    const complain = (message: string): void => void issues.push({ code: 'custom', input: value, message });
    if (device !== undefined && !units[device]?.includes(unit)) complain(`${device} has no unit ${unit}`);
    const allowed = (device === undefined ? undefined : stateClasses[device]) ?? ['measurement'];
    if (state !== undefined && !allowed.includes(state)) complain(`${device} has no state class ${state}`);
    if ((device === 'enum') !== (value.options !== undefined)) complain('options go with enum');
  });

const onOff = { payload_on: z.string(), payload_off: z.string() };

const component = z.discriminatedUnion('platform', [
  binarySensor,
  sensor,
  z.strictObject({
    platform: z.literal('switch'),
    ...common,
    ...onOff,
    command_topic: topic,
    state_topic: topic,
    value_template: template,
    state_on: z.string(),
    state_off: z.string(),
    device_class: z.enum(['switch', 'outlet']),
  }),
  z.strictObject({
    platform: z.literal('light'),
    ...common,
    ...onOff,
    command_topic: topic,
    state_topic: topic,
    state_value_template: template,
  }),
  z.strictObject({
    platform: z.literal('button'),
    ...common,
    command_topic: topic,
    payload_press: z.string(),
    device_class: z.enum(['identify', 'restart', 'update']).optional(),
  }),
  z
    .strictObject({
      platform: z.literal('event'),
      ...common,
      state_topic: topic,
      value_template: template,
      event_types: z.array(z.string()).min(1),
      device_class: z.enum(['button', 'doorbell', 'motion']),
    })
    .refine((event) => event.device_class !== 'doorbell' || event.event_types.includes('ring'), 'a doorbell rings'),
  z.strictObject({
    platform: z.literal('alarm_control_panel'),
    ...common,
    ...attributes,
    state_topic: topic,
    value_template: template,
    command_topic: topic,
    command_template: template,
    supported_features: z.array(z.enum(['arm_home', 'arm_away', 'arm_night', 'trigger'])).min(1),
    code: z.enum(['REMOTE_CODE', 'REMOTE_CODE_TEXT']).optional(),
    code_arm_required: z.boolean().optional(),
    code_disarm_required: z.boolean().optional(),
    code_trigger_required: z.boolean().optional(),
  }),
]);

const message = z
  .strictObject({
    device: z.strictObject({
      identifiers: z.array(z.string()).min(1),
      name: z.string().min(1),
      manufacturer: z.string(),
      model: z.string().optional(),
      serial_number: z.string().optional(),
      sw_version: z.string().optional(),
      suggested_area: z.string().optional(),
    }),
    origin: z.strictObject({ name: z.string().min(1) }),
    availability: z.array(z.strictObject({ topic, value_template: template })).min(1),
    availability_mode: z.enum(['all', 'any', 'latest']),
    qos: z.literal([0, 1, 2]),
    components: z.record(z.string().regex(/^[A-Za-z0-9_-]+$/), component),
  })
  .check(({ value, issues }) => {
    const complain = (text: string): void => void issues.push({ code: 'custom', input: value, message: text });
    const all = Object.values(value.components);
    if (new Set(all.map(({ unique_id: id }) => id)).size < all.length) complain('two entities share a unique_id');
    const names = all.map(({ platform, name }) => `${platform} ${name}`);
    if (new Set(names).size < names.length) complain('two entities of one platform share a name');
    if (all.filter(({ name }) => name === null).length > 1) complain('two entities take the name of the device');
  });

/** What Home Assistant would say against it. */
export function objectionsTo(discovery: unknown): string[] {
  const result = message.safeParse(discovery);
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}
