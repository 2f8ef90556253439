import { describe, expect, test } from '@jest/globals';
import { watchdogSchema } from '@porchlight/config-schemas';
import { parseConfig } from '@porchlight/core';
import { toQuietHours, toSettings } from '../../src/adapters/settings.ts';
import { defaultTargets } from '../../src/adapters/rounds/targets.ts';
import { parse } from '../support/house.ts';
import { defaults } from '../support/machine.ts';

const problemsOf = (raw: object): string[] => {
  const parsed = parseConfig(watchdogSchema, raw);
  return parsed.ok ? [] : parsed.problems;
};

describe('the configuration', () => {
  test('needs nothing; its defaults are those that the decisions are tested with', () => {
    expect(toSettings(parse({}))).toEqual({ ...defaults, canReboot: false });
    expect(toSettings(parse({ device: 'smart-plug/router' }))).toEqual(defaults);
  });

  test('asks several owners by several ways when nothing else is said', () => {
    expect(new Set(defaultTargets.map(({ owner }) => owner)).size).toBeGreaterThanOrEqual(4);
    expect(new Set(defaultTargets.map(({ type }) => type))).toEqual(new Set(['tcp', 'dns', 'http']));
    expect(parse({ probes: defaultTargets.map((target) => ({ ...target })) }).probes).toHaveLength(
      defaultTargets.length,
    );
  });

  test.each<[object, string]>([
    [{ device: 'router' }, 'device: must be service/device'],
    [{ timeoutSeconds: 20 }, 'timeoutSeconds: must be at most 15'],
    [{ intervalSeconds: 120, offlineAfterSeconds: 60 }, 'offlineAfterSeconds: must be at least 120'],
    [{ cooldownMinutes: 1, offSeconds: 90 }, 'cooldownMinutes: must be longer than offSeconds'],
    [{ probes: [{ type: 'tcp', host: '-rf' }] }, 'probes[0].host: must be a host name or an address'],
    [{ probes: [{ type: 'dns', server: 'my router' }] }, 'probes[0].server: must be an address'],
    [{ probes: [{ type: 'smoke' }] }, 'probes[0]'],
    [{ heartbeat: { url: 'https://tower.test/beat', token: 'x' } }, 'heartbeat.url: must look like wss://'],
    [{ heartbeat: { url: 'wss://tower.test/beat' } }, 'heartbeat.token: is missing'],
    [{ heartbeat: { url: 'mqtts://broker.test', token: 'x' } }, 'heartbeat.url: must look like mqtts://home@'],
    [
      { heartbeat: { url: 'mqtts://sea:secret@broker.test', token: 'x' } },
      'heartbeat.url: must look like mqtts://home@',
    ],
    [{ quietHours: { from: '25:00', to: '07:00' } }, 'quietHours.from: must be a time'],
    [{ rebootFor: ['captive-portal'] }, 'rebootFor[0]'],
  ])('%j is refused with what to do', (raw, problem) => {
    expect(problemsOf(raw).join('\n')).toContain(problem);
  });

  test('the watchtower may hear a broker', () => {
    const heartbeat = { url: 'mqtts://seaside@broker.test:8883', token: 'x' };
    expect(parse({ heartbeat }).heartbeat).toEqual(heartbeat);
  });

  test('quiet hours are those of the place', () => {
    const at = Date.parse('2026-07-01T22:30:00Z');
    const quietHours = { from: '00:00', to: '06:00' };
    expect(toQuietHours(parse({ quietHours, timeZone: 'Europe/Berlin' }))(at)).toBe(true);
    expect(toQuietHours(parse({ quietHours, timeZone: 'UTC' }))(at)).toBe(false);
    expect(toQuietHours(parse({}))(at)).toBe(false);
  });
});
