import type { PlugConfigOf } from '@porchlight/config-schemas';
import type { Grade } from '../../domain/grade.ts';
import type { Reading } from '../../domain/reading.ts';
import { loginRefused, notUnderstood, refused } from '../../errors.ts';
import type { PlugPort } from '../../ports.ts';
import type { DriverParts } from '../open.ts';
import { Topics } from '../topics/client.ts';
import { openWeb, parseJson, type Web } from '../web/client.ts';
import { cutCommand, gradeFrom, maxOffSeconds, powerOf, toFigures, toSettings, type TasmotaSettings } from './map.ts';
import { powerSchema, sensorSchema, telemetrySchema } from './schema.ts';

/** Tasmota over HTTP. */
export function openTasmota(config: PlugConfigOf<'tasmota'>): PlugPort {
  return new TasmotaHttp(config);
}

class TasmotaHttp implements PlugPort {
  grade: Grade = 'B';
  readonly identity = { manufacturer: 'Tasmota' };
  readonly #config: PlugConfigOf<'tasmota'>;
  readonly #web: Web;
  #isKnown = false;

  constructor(config: PlugConfigOf<'tasmota'>) {
    this.#config = config;
    this.#web = openWeb({ name: config.name, base: `http://${config.host}:${config.port}` });
  }

  async read(signal: AbortSignal): Promise<Reading> {
    const { relay, name } = this.#config;
    await this.#learn(signal);
    const on = powerOf(await this.#send(`Power${relay}`, signal), relay);
    if (on === undefined) throw refused(name, `it has no relay ${relay}`);
    const figures = sensorSchema.safeParse(await this.#send('Status 8', signal));
    return { on, ...(figures.success && toFigures(figures.data.StatusSNS)) };
  }

  async switch(on: boolean, signal: AbortSignal): Promise<void> {
    const { relay, name } = this.#config;
    const answer = await this.#send(`Power${relay} ${on ? 'ON' : 'OFF'}`, signal);
    if (powerOf(answer, relay) !== on) throw refused(name, `it does not switch relay ${relay}`);
  }

  async cut(offSeconds: number, signal: AbortSignal): Promise<void> {
    const { relay, name } = this.#config;
    if (offSeconds > maxOffSeconds) throw refused(name, `it can be off for at most ${maxOffSeconds} s`);
    const { command, payload } = cutCommand(relay, offSeconds);
    await this.#send(`${command} ${payload}`, signal);
  }

  async close(): Promise<void> {
    // Every request has a connection of its own.
  }

  /** Whether its settings make every "off" end by itself. */
  async #learn(signal: AbortSignal): Promise<void> {
    if (this.#isKnown) return;
    const { relay } = this.#config;
    const powerOn = await this.#send('PowerOnState', signal);
    this.grade = gradeFrom(toSettings({ ...powerOn, ...(await this.#send(`PulseTime${relay}`, signal)) }, relay));
    this.#isKnown = true;
  }

  async #send(command: string, signal: AbortSignal): Promise<Record<string, unknown>> {
    const { name, username, password } = this.#config;
    const login =
      password === undefined ? '' : `&user=${encodeURIComponent(username)}&password=${encodeURIComponent(password)}`;
    const answer = await this.#web.send({ path: `/cm?cmnd=${encodeURIComponent(command)}${login}` }, signal);
    const result = powerSchema.safeParse(parseJson(name, answer));
    if (!result.success) throw notUnderstood(name, result.error.issues[0]);
    // Other warnings are no refusal: firmware that keeps no log for the web answers so to what it has carried out.
    if (/password/i.test(String(result.data['WARNING']))) throw loginRefused(name);
    if (result.data['Command'] === 'Unknown') throw refused(name, `it does not know ${command.split(' ')[0]}`);
    return result.data;
  }
}

/** Tasmota over MQTT. */
export function openTasmotaMqtt(config: PlugConfigOf<'tasmota-mqtt'>, { bus, clock }: DriverParts): PlugPort {
  const { name, topic, relay } = config;
  const ear = createEar(relay);
  const ask = (command: string, payload = '') => ({ topic: `cmnd/${topic}/${command}`, payload });
  const topics = new Topics({
    name,
    bus,
    clock,
    states: [`stat/${topic}/RESULT`, `stat/${topic}/STATUS8`, `tele/${topic}/STATE`, `tele/${topic}/SENSOR`],
    decode: ear.decode,
    // Its state last: what it answers before that is known by then.
    queries: [ask('PowerOnState'), ask(`PulseTime${relay}`), ask('Status', '8'), ask(`Power${relay}`)],
    availability: { topic: `tele/${topic}/LWT`, isOffline: (payload) => payload === 'Offline' },
  });
  return {
    get grade() {
      return gradeFrom(ear.settings());
    },
    identity: { manufacturer: 'Tasmota' },
    read: (signal) => topics.read(signal),
    switch: (on, signal) => topics.tell(`cmnd/${topic}/Power${relay}`, on ? 'ON' : 'OFF', on, signal),
    async cut(offSeconds, signal) {
      if (offSeconds > maxOffSeconds) throw refused(name, `it can be off for at most ${maxOffSeconds} s`);
      const { command, payload } = cutCommand(relay, offSeconds);
      await topics.tell(`cmnd/${topic}/${command}`, payload, false, signal);
    },
    onReading: (listener) => topics.onReading(listener),
    close: () => topics.close(),
  };
}

interface Ear {
  decode(topic: string, payload: string): Reading | undefined;
  settings(): TasmotaSettings;
}

/** Figures and settings come in messages of their own, without the state of the contact. */
function createEar(relay: number): Ear {
  let figures: Partial<Reading> = {};
  let settings: TasmotaSettings = {};
  return {
    decode(topic, payload) {
      const message: unknown = JSON.parse(payload);
      if (topic.endsWith('/SENSOR')) figures = toFigures(telemetrySchema.parse(message));
      if (topic.endsWith('/STATUS8')) figures = toFigures(sensorSchema.parse(message).StatusSNS);
      const answer = powerSchema.parse(message);
      settings = { ...settings, ...toSettings(answer, relay) };
      const on = powerOf(answer, relay);
      return on === undefined ? undefined : { ...figures, on };
    },
    settings: () => settings,
  };
}
