import mqtt from 'mqtt';
import { Faults } from '../shared/faults.ts';
import { startHttp } from '../shared/http.ts';
import type { HttpPlug } from './plug.ts';
import { TasmotaDevice, type TasmotaOptions } from './tasmota-device.ts';

export interface TasmotaHttpPlug extends HttpPlug {
  device: TasmotaDevice;
}

/** A Tasmota plug over HTTP; with a password it wants it in every address. */
export async function startTasmota(
  options: TasmotaOptions & { port?: number; password?: string } = {},
): Promise<TasmotaHttpPlug> {
  const device = new TasmotaDevice(options);
  const faults = new Faults();
  const http = await startHttp({ faults, port: options.port ?? 0 }, ({ url }) => {
    if (url.pathname !== '/cm') return { status: 404, body: 'Not Found' };
    const { password } = options;
    const isIn = url.searchParams.get('user') === 'admin' && url.searchParams.get('password') === password;
    // The real one says so with status 200 or 401, depending on its age.
    if (password !== undefined && !isIn)
      return { status: 401, body: { WARNING: 'Need user=<username>&password=<password>' } };
    const line = url.searchParams.get('cmnd') ?? '';
    const answer = device.run(line);
    // What runs as a backlog leaves nothing in the log that this page shows.
    return { body: /^backlog/i.test(line) ? { WARNING: 'Enable weblog 2 if response expected' } : answer };
  });
  const close = async (): Promise<void> => {
    device.stop();
    await http.close();
  };
  return { port: http.port, relay: device.relay, device, faults, requests: http.requests, close };
}

export interface MqttPlug {
  relay: TasmotaDevice['relay'];
  /** Commands that came, as `topic payload`, oldest first. */
  received: string[];
  close(): Promise<void>;
}

const mac = 'A4CF12A1B2C3';

/** How it introduces itself to whoever looks for Tasmota devices on the broker. */
function introduce(topic: string): object {
  const names = { dn: 'Router', fn: ['Router', null, null, null], hn: 'tasmota-A1B2C3-4803', md: 'Athom Plug V2' };
  const topics = { t: topic, ft: '%prefix%/%topic%/', tp: ['cmnd', 'stat', 'tele'], ofln: 'Offline', onln: 'Online' };
  return { ip: '127.0.0.1', mac, ...names, ...topics, sw: '14.4.1', rl: [1, 0, 0, 0, 0, 0, 0, 0], ver: 1 };
}

/** A Tasmota plug on a broker. */
export async function startTasmotaMqtt(
  options: TasmotaOptions & { url: string; topic: string },
): Promise<MqttPlug & { device: TasmotaDevice }> {
  const { url, topic } = options;
  const device = new TasmotaDevice(options);
  const received: string[] = [];
  const will = { topic: `tele/${topic}/LWT`, payload: Buffer.from('Offline'), retain: true, qos: 0 as const };
  const client = await mqtt.connectAsync(url, { will, reconnectPeriod: 200 });
  const say = (path: string, message: object): void => void client.publish(path, JSON.stringify(message));
  device.onAnswer((answer) => {
    say(`stat/${topic}/${'StatusSNS' in answer ? 'STATUS8' : 'RESULT'}`, answer);
    if (typeof answer['POWER'] === 'string') client.publish(`stat/${topic}/POWER`, answer['POWER']);
  });
  client.on('message', (path, payload) => {
    received.push(`${path} ${payload.toString()}`);
    device.run(`${path.split('/').at(-1)} ${payload.toString()}`);
  });
  await client.subscribeAsync(`cmnd/${topic}/+`);
  await client.publishAsync(`tele/${topic}/LWT`, 'Online', { retain: true });
  await client.publishAsync(`tasmota/discovery/${mac}/config`, JSON.stringify(introduce(topic)), { retain: true });
  say(`tele/${topic}/SENSOR`, device.sensor);
  say(`tele/${topic}/STATE`, { POWER: device.relay.on ? 'ON' : 'OFF' });
  const close = async (): Promise<void> => {
    device.stop();
    await client.endAsync(true);
  };
  return { relay: device.relay, device, received, close };
}
