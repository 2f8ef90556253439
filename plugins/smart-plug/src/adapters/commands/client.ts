import { smartPlugSchema, type PlugConfig, type SmartPlugConfig } from '@porchlight/config-schemas';
import {
  describeError,
  parseConfig,
  PorchlightError,
  silentLog,
  toId,
  type ServiceCommand,
  type ServiceCommandContext,
  type Storage,
} from '@porchlight/core';
import { createFileStorage, systemClock } from '@porchlight/core/node';
import { join } from 'node:path';
import * as z from 'zod';
import type { Verdict } from '../../domain/commission.ts';
import { isProven, type Grade } from '../../domain/grade.ts';
import { connectBroker, type OwnBus } from '../broker/client.ts';
import { commission } from '../commission/client.ts';
import { discover, type FoundPlug } from '../discovery/client.ts';
import { pairPlug } from '../homekit/client.ts';
import { openPlug } from '../open.ts';
import { fingerprintOf, openProofs } from '../proofs/client.ts';

type Place = Pick<ServiceCommandContext, 'config' | 'folder'>;

/** What the plugin adds to the command line. */
export const commands: readonly ServiceCommand[] = [
  {
    name: 'test',
    summary: 'proves with a lamp in the plug that it comes back on by itself',
    arguments: [{ name: 'plug', description: 'name of the plug; not needed when there is one', required: false }],
    run: (context) => answer(context, () => runTest(context)),
  },
  {
    name: 'discover',
    summary: 'looks for plugs on the local network',
    run: (context) => answer(context, () => runDiscover(context)),
  },
  {
    name: 'pair',
    summary: 'pairs a HomeKit plug with the code that is printed on it',
    arguments: [{ name: 'plug', description: 'name of the plug; not needed when there is one', required: false }],
    run: (context) => answer(context, () => runPair(context)),
  },
];

export interface PlugSummary {
  name: string;
  type: string;
  /** What is known of it without asking the plug. */
  grade: Grade;
  isVerified: boolean;
  isPairable: boolean;
}

/** The plugs of a configuration, for the settings page. */
export async function listPlugs({ config, folder }: Place): Promise<PlugSummary[]> {
  const storage = storageIn(folder);
  const proofs = openProofs({ storage });
  const list = read(config).plugs.map(async (plug): Promise<PlugSummary> => {
    const { name, type, mayStayOff, allowUnproven } = plug;
    const proof = await proofs.find(toId(name));
    const expected = await gradeOf(plug, storage);
    const facts = {
      name,
      feedsRouter: !mayStayOff,
      allowUnproven,
      grade: proof?.grade ?? expected,
      fingerprint: fingerprintOf(plug),
      proof,
    };
    const isVerified = isProven(facts);
    return { name, type, grade: isVerified ? facts.grade : expected, isVerified, isPairable: type === 'homekit' };
  });
  return Promise.all(list);
}

/** Runs the test of one plug; whoever calls has made sure that a lamp is in it, and not the router. */
export async function testPlug(
  { config, folder }: Place,
  name: string,
  { print, signal }: Pick<ServiceCommandContext, 'print' | 'signal'>,
): Promise<Verdict> {
  const whole = read(config);
  const plug = choose(whole, name);
  const storage = storageIn(folder);
  const bus = await openBus(whole, plug);
  const port = openPlug(plug, { bus, clock: systemClock, storage });
  try {
    // Over MQTT the first word of the plug comes a moment after the connection.
    await settle(port, signal);
    return await commission({ config: plug, port, proofs: openProofs({ storage }), clock: systemClock, signal, print });
  } finally {
    await port.close();
    await bus.close();
  }
}

export async function pairHomeKit(
  { config, folder }: Place,
  name: string,
  code: string,
  signal: AbortSignal,
): Promise<void> {
  const plug = choose(read(config), name);
  if (plug.type !== 'homekit') throw wrongUse(`${plug.name} is no HomeKit plug; it needs no pairing.`);
  if (!/^\d{3}-\d{2}-\d{3}$/.test(code)) throw wrongUse('A HomeKit code looks like 123-45-678.');
  await pairPlug(plug, storageIn(folder), code, signal);
}

/** Plugs on the network and on the broker, also while the settings are not complete. */
export function discoverPlugs({ config }: Pick<Place, 'config'>, signal: AbortSignal): Promise<FoundPlug[]> {
  const { broker } = smartPlugSchema.shape;
  const parsed = parseConfig(z.object({ broker }), config ?? {});
  return discover(parsed.ok ? parsed.config.broker : broker.parse({}), signal);
}

async function runTest(context: ServiceCommandContext): Promise<number> {
  const { name } = choose(read(context.config), context.args[0]);
  const reply = await context.ask(`Plug a lamp into "${name}", not the router. Is the lamp on? (yes/no) `);
  if (!/^y(es)?$/i.test(reply.trim())) {
    context.print('Nothing was switched.');
    return 1;
  }
  const { passed } = await testPlug(context, name, context);
  context.print(passed ? 'Verified and stored.' : 'Not verified.');
  return passed ? 0 : 1;
}

async function runDiscover(context: ServiceCommandContext): Promise<number> {
  const { print } = context;
  const found = await discoverPlugs(context, context.signal);
  for (const { type, name, host, deviceId, topic } of found) {
    print([type.padEnd(12), (host ?? topic ?? '').padEnd(16), deviceId, name].filter(Boolean).join(' '));
  }
  if (found.length === 0) print('No plug was found. Those on MQTT are found when the broker is in the settings.');
  return 0;
}

async function runPair(context: ServiceCommandContext): Promise<number> {
  const { name } = choose(read(context.config), context.args[0]);
  const code = await context.ask(`Code on "${name}" (123-45-678): `);
  await pairHomeKit(context, name, code.trim(), context.signal);
  context.print('Paired.');
  return 0;
}

/** Problems are sentences for the person at the terminal, not traces. */
async function answer({ print }: ServiceCommandContext, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    print(describeError(error));
    return error instanceof PorchlightError && error.code === 'plug.usage' ? 2 : 1;
  }
}

function read(raw: unknown): SmartPlugConfig {
  const parsed = parseConfig(smartPlugSchema, raw ?? {});
  if (!parsed.ok) throw wrongUse(parsed.problems.join('\n'));
  return parsed.config;
}

function choose({ plugs }: SmartPlugConfig, name: string | undefined): PlugConfig {
  const [only] = plugs;
  if (!only) throw wrongUse('There is no plug in the settings yet.');
  if (name === undefined && plugs.length === 1) return only;
  const found = plugs.find((plug) => plug.name === name || toId(plug.name) === name);
  if (found) return found;
  throw wrongUse(`Which plug? There are: ${plugs.map((plug) => plug.name).join(', ')}.`);
}

function wrongUse(message: string): PorchlightError {
  return new PorchlightError('plug.usage', message, { retry: 'after-user' });
}

function storageIn(folder: string): Storage {
  return createFileStorage(join(folder, 'smart-plug'), silentLog);
}

const none = async (): Promise<void> => undefined;
const noBus: OwnBus = {
  connected: false,
  onConnection: () => () => undefined,
  foreign: { subscribe: () => () => undefined, publish: none },
  close: none,
};
const overMqtt = new Set<PlugConfig['type']>(['tasmota-mqtt', 'zigbee2mqtt', 'mqtt']);

async function openBus({ broker }: SmartPlugConfig, { type }: PlugConfig): Promise<OwnBus> {
  return overMqtt.has(type) ? connectBroker(broker) : noBus;
}

/** What a plug of this kind is worth before it has told more. */
async function gradeOf(plug: PlugConfig, storage: Storage): Promise<Grade> {
  const port = openPlug(plug, { bus: noBus, clock: systemClock, storage });
  await port.close();
  return port.grade;
}

async function settle(port: { read(signal: AbortSignal): Promise<unknown> }, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await port.read(signal);
      return;
    } catch (error) {
      if (attempt === 2 || (error instanceof PorchlightError && error.retry !== 'later')) throw error;
      await systemClock.sleep(1_000, signal);
    }
  }
}
