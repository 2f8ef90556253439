import type { Answer } from '../../shared/http.ts';
import { writeTime } from '../cloud.ts';
import { signalsOf, statusOf } from '../render/homescreen.ts';
import type { BlinkCamera, CameraKind } from '../state.ts';
import { type Call, type Route } from './route.ts';

const classic = '/network/{network}/camera/{camera}';
const account = '/api/v1/accounts/{account}/networks/{network}';
const owl = `${account}/owls/{camera}`;
const doorbell = `${account}/doorbells/{camera}`;

/** The calls about one camera, whose paths differ by kind. */
export const cameraRoutes: Route[] = [
  ...ordersAt('camera', classic),
  ...ordersAt('owl', owl),
  ...ordersAt('doorbell', doorbell),
  // What the app uses since late 2025, beside the older paths.
  ...ordersAt('camera', '/accounts/{account}/networks/{network}/cameras/{camera}'),
  ...switchesAt('camera', classic),
  ...switchesAt('camera', '/accounts/{account}/networks/{network}/cameras/{camera}'),
  ...switchesAt('doorbell', doorbell),
  { name: `GET ${classic}`, answer: describeStatus },
  { name: `GET ${classic}/status`, answer: describeStatus },
  { name: `GET ${classic}/config`, answer: describeClassic },
  { name: `GET ${classic}/signals`, answer: describeSignals },
  { name: `POST ${classic}/update`, answer: (call) => configure(call, 'camera') },
  { name: `GET ${owl}/config`, answer: (call) => describeWired(call, 'owl') },
  { name: `POST ${owl}/config`, answer: (call) => configure(call, 'owl') },
  { name: `POST ${owl}/lights/{state}`, answer: switchLights },
  { name: `GET ${doorbell}/config`, answer: (call) => describeWired(call, 'doorbell') },
  { name: `POST ${doorbell}/config`, answer: (call) => configure(call, 'doorbell') },
  {
    name: `POST ${account}/cameras/{camera}/snooze`,
    answer: (call) => snooze(call, Number(call.body.snooze_time ?? 0)),
  },
  { name: `POST ${account}/cameras/{camera}/unsnooze`, answer: (call) => snooze(call, 0) },
];

function ordersAt(kind: CameraKind, base: string): Route[] {
  return [
    { name: `POST ${base}/thumbnail`, answer: (call) => takePicture(call, kind) },
    { name: `POST ${base}/clip`, answer: (call) => recordClip(call, kind) },
  ];
}

function switchesAt(kind: CameraKind, base: string): Route[] {
  return [
    { name: `POST ${base}/enable`, answer: (call) => enable(call, kind, true) },
    { name: `POST ${base}/disable`, answer: (call) => enable(call, kind, false) },
  ];
}

function takePicture(call: Call, kind: CameraKind): Answer {
  const { cloud, network } = call;
  const camera = call.camera(kind);
  const effect = (): void => void (camera.thumbnailAt = cloud.now());
  return cloud.commands.start({ network, camera, word: 'thumbnail', effect });
}

function recordClip(call: Call, kind: CameraKind): Answer {
  const { cloud, network } = call;
  const camera = call.camera(kind);
  const startedAt = cloud.now();
  const effect = (): void => cloud.keepClip(camera, 'snapshot', startedAt);
  const durationMs = cloud.commands.durationMs + camera.clipSeconds * 1000;
  return cloud.commands.start({ network, camera, word: 'clip', effect, durationMs });
}

function enable(call: Call, kind: CameraKind, enabled: boolean): Answer {
  const { cloud, network } = call;
  const camera = call.camera(kind);
  const word = enabled ? 'device_motion_enable' : 'device_motion_disable';
  return cloud.commands.start({ network, camera, word, effect: () => void (camera.enabled = enabled) });
}

function configure(call: Call, kind: CameraKind): Answer {
  const { cloud, network, body } = call;
  const camera = call.camera(kind);
  return cloud.commands.start({ network, camera, word: 'config_set', effect: () => apply(camera, body) });
}

const illuminators = ['off', 'on', 'auto'] as const;

function apply(camera: BlinkCamera, body: Record<string, unknown>): void {
  if (camera.kind !== 'camera' && typeof body.enabled === 'boolean') camera.enabled = body.enabled;
  const light = body.illuminator_enable;
  const word = illuminators.find((candidate, index) => candidate === light || index === light);
  if (word) camera.illuminator = word;
  const numbers = {
    video_length: 'clipSeconds',
    clip_length: 'clipSeconds',
    alert_interval: 'retriggerSeconds',
  } as const;
  const more = { retrigger_time: 'retriggerSeconds', motion_sensitivity: 'sensitivity' } as const;
  for (const [name, field] of Object.entries({ ...numbers, ...more })) {
    const value = body[name];
    if (typeof value === 'number') camera[field] = value;
  }
}

function switchLights(call: Call): Answer {
  const { cloud, network, word } = call;
  const camera = call.camera('owl');
  const effect = (): void => void (camera.lightsOn = word('state') === 'on');
  return cloud.commands.start({ network, camera, word: 'lights', effect });
}

function snooze(call: Call, minutes: number): Answer {
  const camera = call.camera('camera');
  camera.snoozedUntil = minutes > 0 ? call.cloud.now() + minutes * 60_000 : 0;
  return { body: {} };
}

function describeStatus(call: Call): Answer {
  const camera = call.camera('camera');
  const radio = { wifi_strength: -30 - (5 - camera.wifiBars) * 10, lfr_strength: -40 - (5 - camera.syncBars) * 10 };
  return {
    body: {
      camera_status: {
        camera_id: camera.id,
        network_id: camera.networkId,
        battery_voltage: camera.batteryCentivolts,
        temperature: rawFahrenheit(camera),
        ...radio,
        ac_power: camera.battery === undefined,
        fw_version: '10.53',
        mac: '00:00:5e:00:53:01',
        ip_address: '192.0.2.10',
        light_sensor_ch0: 170,
      },
    },
  };
}

function describeClassic(call: Call): Answer {
  const { cloud } = call;
  const camera = call.camera('camera');
  const config = {
    id: camera.id,
    network_id: camera.networkId,
    name: camera.name,
    serial: camera.serial,
    type: camera.type,
    enabled: camera.enabled,
    status: statusOf(camera),
    fw_version: '10.53',
    battery_voltage: camera.batteryCentivolts,
    battery_state: camera.battery ?? null,
    temperature: rawFahrenheit(camera),
    temp_adjust: camera.fahrenheitAdjust,
    wifi_strength: -30 - (5 - camera.wifiBars) * 10,
    lfr_strength: -40 - (5 - camera.syncBars) * 10,
    motion_sensitivity: camera.sensitivity,
    video_length: camera.clipSeconds,
    clip_max_length: 60,
    alert_interval: camera.retriggerSeconds,
    early_termination: true,
    early_notification: false,
    illuminator_enable: illuminators.indexOf(camera.illuminator),
    record_audio_enable: true,
    video_quality: 'standard',
    video_recording_enable: true,
    // This call gives the time alone.
    thumbnail: Math.floor(camera.thumbnailAt / 1000),
  };
  return {
    body: { camera: [config], signals: stampedSignals(call, camera), updated_at: writeTime(cloud, cloud.now()) },
  };
}

function describeSignals(call: Call): Answer {
  return { body: stampedSignals(call, call.camera('camera')) };
}

function stampedSignals({ cloud }: Call, camera: BlinkCamera): unknown {
  return { ...signalsOf(camera), battery_state: camera.battery ?? null, updated_at: writeTime(cloud, cloud.now()) };
}

function describeWired(call: Call, kind: CameraKind): Answer {
  const camera = call.camera(kind);
  const body = {
    name: camera.name,
    enabled: camera.enabled,
    status: statusOf(camera),
    fw_version: '9.63',
    led_state: 'on',
    video_quality: 'standard',
    clip_length: camera.clipSeconds,
    clip_length_max: 30,
    retrigger_time: camera.retriggerSeconds,
    motion_sensitivity: camera.sensitivity,
    early_notification: false,
    illuminator_enable: camera.illuminator,
    wifi: camera.wifiBars,
    volume_control: 7,
    video_recording_enable: true,
    ...(camera.battery && { battery: camera.battery }),
  };
  return { body };
}

/** What the sensor itself reads, before the calibration. */
function rawFahrenheit({ fahrenheit, fahrenheitAdjust }: BlinkCamera): number | null {
  return fahrenheit === null ? null : fahrenheit - fahrenheitAdjust;
}
