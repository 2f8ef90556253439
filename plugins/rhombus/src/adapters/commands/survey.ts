import { describeError, errorCode, type Clock } from '@porchlight/core';
import type { FoundDevice } from '../../domain/found-device.ts';
import { RhombusCloud, type CloudSettings } from '../cloud/client.ts';

/** What a key may see, for the person who sets the plugin up. */
export interface Survey {
  /** Why it cannot work at all; undefined when it can. */
  problem?: string;
  /** What the key may not do, and what does not work without it. */
  hints: string[];
  locations: string[];
  devices: SurveyedDevice[];
}

export interface SurveyedDevice extends Pick<
  FoundDevice,
  'isOnline' | 'kind' | 'location' | 'name' | 'problem' | 'uuid'
> {
  /** Whether its alert policy reports motion; undefined when that is not known. */
  reportsMotion?: boolean;
}

interface SurveyParts {
  clock: Clock;
  signal: AbortSignal;
  /** The same key at the other region, to tell who chose the wrong one. */
  elsewhere?: { region: string; settings: CloudSettings };
}

/** Asks for everything that the plugin asks for, once. Never rejects but when it is aborted. */
export async function surveyOrganisation(settings: CloudSettings, parts: SurveyParts): Promise<Survey> {
  const cloud = new RhombusCloud(settings, parts);
  try {
    const { devices, unseen } = await cloud.devices(true);
    const alerts = await tryTo(() => cloud.alerts({ from: parts.clock.now() - 60_000 }));
    const policies = await tryTo(() => cloud.motionPolicies());
    const organisation = await tryTo(() => cloud.organisation());
    const hints = [
      ...unseen.map((what) => `It may not list ${what}: they are left out.`),
      ...(alerts.problem === undefined
        ? []
        : [`It may not read alerts, without which there is no motion. ${alerts.problem}`]),
      ...(policies.problem === undefined ? [] : ['It may not read policies: who never reports motion cannot be told.']),
      ...(organisation.problem === undefined
        ? []
        : ['It may not read the organisation: the change stream does not work, alerts are asked for.']),
    ];
    const locations = [
      ...new Set(devices.flatMap(({ location }) => (location === undefined ? [] : [location]))),
    ].toSorted();
    return { hints, locations, devices: devices.map((device) => describeDevice(device, policies.value)) };
  } catch (error) {
    parts.signal.throwIfAborted();
    return { problem: await explain(error, { settings, parts }), hints: [], locations: [], devices: [] };
  } finally {
    cloud.close();
  }
}

async function tryTo<T>(ask: () => Promise<T>): Promise<{ value?: T; problem?: string }> {
  try {
    return { value: await ask() };
  } catch (error) {
    return { problem: describeError(error) };
  }
}

function describeDevice(
  { uuid, kind, name, location, isOnline, problem, policy }: FoundDevice,
  policies: ReadonlySet<string> | undefined,
): SurveyedDevice {
  return {
    uuid,
    kind,
    name,
    isOnline,
    ...(location !== undefined && { location }),
    ...(problem !== undefined && { problem }),
    ...(kind === 'camera' && policies && { reportsMotion: policy !== undefined && policies.has(policy) }),
  };
}

/** A wrong key, a key of another region and a missing permission are refused alike; other calls know better. */
async function explain(
  error: unknown,
  { settings, parts }: { settings: CloudSettings; parts: SurveyParts },
): Promise<string> {
  if (errorCode(error) !== 'rhombus.forbidden') return describeError(error);
  if (await isAccepted(settings, parts)) return 'The key is right, but its role may not view cameras.';
  const { elsewhere } = parts;
  if (!elsewhere || !(await isAccepted(elsewhere.settings, parts))) return describeError(error);
  return `The key is right, but belongs to another region: choose "${elsewhere.region}".`;
}

async function isAccepted(settings: CloudSettings, parts: SurveyParts): Promise<boolean> {
  const cloud = new RhombusCloud(settings, parts);
  const { problem } = await tryTo(() => cloud.organisation());
  cloud.close();
  return problem === undefined;
}
