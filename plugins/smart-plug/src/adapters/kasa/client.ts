import type { PlugConfigOf } from '@porchlight/config-schemas';
import { errorCode } from '@porchlight/core';
import { connect } from 'node:net';
import type * as z from 'zod';
import type { Reading } from '../../domain/reading.ts';
import { notUnderstood, refused, unanswered, unreachable } from '../../errors.ts';
import type { PlugPort } from '../../ports.ts';
import { frame, unframe } from './cipher.ts';
import { cutSchema, meterSchema, setSchema, sysinfoSchema } from './schema.ts';

type KasaPlace = Pick<PlugConfigOf<'kasa'>, 'name' | 'outlet'>;

const timeoutMs = 5_000;
const maxBytes = 65_536;

/** Carries one message to the plug and brings its answer. */
export type KasaExchange = (text: string, signal: AbortSignal) => Promise<string>;

/** TP-Link Kasa plugs of the older kind, on port 9999. */
export function openKasa(config: PlugConfigOf<'kasa'>): PlugPort {
  return new Kasa(config, (text, signal) => exchange(config, text, signal));
}

/** What all Kasa plugs understand, however it is carried to them. */
export class Kasa implements PlugPort {
  // Whether every firmware keeps the countdown over its own relay change is proven by the test only.
  readonly grade = 'B';
  identity: PlugPort['identity'] = { manufacturer: 'TP-Link' };
  readonly #config: KasaPlace;
  readonly #carry: KasaExchange;
  #child: string | undefined;
  #hasMeter = true;

  constructor(config: KasaPlace, carry: KasaExchange) {
    this.#config = config;
    this.#carry = carry;
  }

  async read(signal: AbortSignal): Promise<Reading> {
    const on = await this.#learn(signal);
    return { on, ...(this.#hasMeter && (await this.#measure(signal))) };
  }

  async switch(on: boolean, signal: AbortSignal): Promise<void> {
    await this.#address(signal);
    // A countdown that still runs would do its own later.
    const command = { count_down: { delete_all_rules: {} }, system: { set_relay_state: { state: on ? 1 : 0 } } };
    const { system } = await this.#send(command, setSchema, signal);
    this.#expectDone(system.set_relay_state.err_code);
  }

  async cut(offSeconds: number, signal: AbortSignal): Promise<void> {
    await this.#address(signal);
    const rule = { enable: 1, delay: Math.ceil(offSeconds), act: 1, name: 'porchlight' };
    // The timer first, then off: all of it in one message.
    const command = {
      count_down: { delete_all_rules: {}, add_rule: rule },
      system: { set_relay_state: { state: 0 } },
    };
    const { system, count_down: countDown } = await this.#send(command, cutSchema, signal);
    this.#expectDone(system.set_relay_state.err_code);
    // Off without a timer: the controller brings it back, as after a message without an answer.
    if (countDown.add_rule.err_code !== 0) throw unanswered(this.#config.name, new Error('it did not set its timer'));
  }

  async close(): Promise<void> {
    // Every message has a connection of its own.
  }

  #expectDone(code: number): void {
    if (code !== 0) throw refused(this.#config.name, `error ${code}`);
  }

  /** Reads its state, and what it is on the way. */
  async #learn(signal: AbortSignal): Promise<boolean> {
    const { name, outlet } = this.#config;
    const { system } = await this.#exchange({ system: { get_sysinfo: {} } }, sysinfoSchema, signal);
    const { model, sw_ver: firmware, mac, mic_mac: mic, children, relay_state: relay } = system.get_sysinfo;
    const serial = mac ?? mic;
    this.identity = {
      manufacturer: 'TP-Link',
      ...(model !== undefined && { model }),
      ...(firmware !== undefined && { firmware }),
      ...(serial !== undefined && { serial }),
    };
    if (outlet === undefined) {
      if (relay === undefined) throw refused(name, 'it is a strip; say which socket');
      return relay === 1;
    }
    const child = children?.[outlet - 1];
    if (!child) throw refused(name, `it has no socket ${outlet}`);
    const { deviceId = '' } = system.get_sysinfo;
    this.#child = child.id.length > 2 ? child.id : `${deviceId}${child.id}`;
    return child.state === 1;
  }

  /** The id of the socket must be known before anything is sent to it. */
  async #address(signal: AbortSignal): Promise<void> {
    if (this.#config.outlet !== undefined && this.#child === undefined) await this.#learn(signal);
  }

  async #measure(signal: AbortSignal): Promise<Partial<Reading>> {
    let hasAnswered = true;
    const answer = await this.#send({ emeter: { get_realtime: {} } }, meterSchema, signal).catch((error: unknown) => {
      hasAnswered = errorCode(error) === 'plug.answer';
      return undefined;
    });
    const meter = answer?.emeter.get_realtime;
    const watts = meter?.power ?? thousandth(meter?.power_mw);
    if (!meter || watts === undefined) {
      // Silence says nothing about a meter.
      this.#hasMeter = !hasAnswered;
      return {};
    }
    const volts = meter.voltage ?? thousandth(meter.voltage_mv);
    const amperes = meter.current ?? thousandth(meter.current_ma);
    const kilowattHours = meter.total ?? thousandth(meter.total_wh);
    return {
      watts,
      ...(volts !== undefined && { volts }),
      ...(amperes !== undefined && { amperes }),
      ...(kilowattHours !== undefined && { kilowattHours }),
    };
  }

  #send<T>(command: object, schema: z.ZodType<T, unknown>, signal: AbortSignal): Promise<T> {
    const context = this.#child === undefined ? {} : { context: { child_ids: [this.#child] } };
    return this.#exchange({ ...context, ...command }, schema, signal);
  }

  async #exchange<T>(message: object, schema: z.ZodType<T, unknown>, signal: AbortSignal): Promise<T> {
    const { name } = this.#config;
    const text = await this.#carry(JSON.stringify(message), signal);
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      throw notUnderstood(name, cause instanceof SyntaxError ? cause : undefined);
    }
  }
}

function thousandth(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value / 1000;
}

/** One message, one answer, one connection. */
function exchange({ name, host, port }: PlugConfigOf<'kasa'>, text: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const socket = connect({ host, port });
    let received = Buffer.alloc(0);
    let isConnected = false;
    const end = (settle: () => void): void => {
      deadline.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const fail = (cause: unknown): void =>
      end(() => reject(isConnected ? unanswered(name, cause) : unreachable(name, cause)));
    const onAbort = (): void => fail(deadline.reason);
    deadline.addEventListener('abort', onAbort, { once: true });
    socket.on('connect', () => {
      isConnected = true;
      socket.write(frame(text));
    });
    socket.on('data', (part) => {
      received = Buffer.concat([received, part]);
      const answer = unframe(received);
      if (answer !== undefined) end(() => resolve(answer));
      else if (received.length > maxBytes) fail(new Error('its answer is too large'));
    });
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('it hung up')));
  });
}
