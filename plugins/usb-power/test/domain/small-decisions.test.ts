import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chooseDriver, type DriverFacts } from '../../src/domain/choose-driver.ts';
import { flashAt, sosStepsMs } from '../../src/domain/flash.ts';
import { isGoodEnough } from '../../src/domain/memory.ts';
import { nextLookMs } from '../../src/domain/next-look.ts';
import { listPermissionCommands, listPermissionFiles } from '../../src/domain/permissions.ts';
import { isDeviceId, joinPort, parsePortName, splitPort } from '../../src/domain/port-id.ts';
import { parseSelector } from '../../src/domain/selector.ts';

describe('flashing', () => {
  const plan = { stepsMs: [300, 200], repeats: 2 };

  test.each([
    [0, { on: true, forMs: 300 }],
    [299, { on: true, forMs: 1 }],
    [300, { on: false, forMs: 200 }],
    [500, { on: true, forMs: 300 }],
    [999, { on: false, forMs: 1 }],
    [1_000, undefined],
  ])('after %s ms', (elapsedMs, moment) => {
    expect(flashAt(plan, elapsedMs)).toEqual(moment);
  });

  test('without an end it goes on', () => {
    expect(flashAt({ stepsMs: [300, 200] }, 1_000_100)).toEqual({ on: true, forMs: 200 });
  });

  test('the time to the next change is more than 0, and there it changes', () => {
    const steps = fc.array(fc.integer({ min: 100, max: 9_000 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(steps, fc.nat(1_000_000), (halves, elapsedMs) => {
        const stepsMs = halves.flatMap((ms) => [ms, ms]);
        const moment = flashAt({ stepsMs }, elapsedMs);
        expect(moment?.forMs).toBeGreaterThan(0);
        expect(flashAt({ stepsMs }, elapsedMs + (moment?.forMs ?? 0))?.on).toBe(!moment?.on);
      }),
    );
  });

  test('SOS: three short, three long, three short, with a pause', () => {
    const lights = sosStepsMs.filter((_, index) => index % 2 === 0).map((ms) => (ms > 200 ? 'long' : 'short'));
    expect(lights.join(' ')).toBe('short short short long long long short short short');
    expect(sosStepsMs.at(-1)).toBe(1_400);
  });

  test('uneven numbers of times and fractions end in light', () => {
    expect(flashAt({ stepsMs: [0.1, 0.2] }, 0.1 + 0.2 - Number.EPSILON)?.on).toBeDefined();
    expect(flashAt({ stepsMs: [100] }, 99.999_999_999_999_99)).toMatchObject({ on: true });
  });
});

describe('ports', () => {
  test.each([
    ['1-1.4', 'usb', { hub: '1-1', number: 4 }],
    ['2-1', 'usb', { hub: 'usb2', number: 1 }],
    ['1-1.2.10', 'usb', { hub: '1-1.2', number: 10 }],
  ])('%s', (id, _kind, place) => {
    expect(splitPort(id)).toEqual(place);
    expect(joinPort(place.hub, place.number)).toBe(id);
  });

  test('other texts are no ports', () => {
    for (const text of ['usb1', '1-1.4:1.0', '../1-1', '1-', '', '1-1.']) expect(splitPort(text)).toBeUndefined();
    for (const text of ['1-1.4:1.0', '../usb1', 'ep_00']) expect(isDeviceId(text)).toBe(false);
    for (const text of ['usb12', '1-1.4']) expect(isDeviceId(text)).toBe(true);
  });

  test('names of folders', () => {
    expect(parsePortName('1-1-port4')).toEqual({ hub: '1-1', number: 4 });
    expect(parsePortName('usb2-port10')).toEqual({ hub: 'usb2', number: 10 });
    for (const name of ['1-1-port', 'port4', 'power', 'ep_81']) expect(parsePortName(name)).toBeUndefined();
  });

  test.each([
    ['1-1.4', { type: 'port', port: '1-1.4' }],
    ['1A86:7523', { type: 'device', vendor: '1a86', product: '7523' }],
    ['1a86:7523:A:B', { type: 'device', vendor: '1a86', product: '7523', serial: 'A:B' }],
    ['05e3:0610#4', { type: 'hub-port', vendor: '05e3', product: '0610', number: 4 }],
    ['05e3:0610:H1#4', { type: 'hub-port', vendor: '05e3', product: '0610', serial: 'H1', number: 4 }],
  ])('the selector %s', (text, selector) => {
    expect(parseSelector(text)).toEqual(selector);
  });
});

describe('auto', () => {
  const facts: DriverFacts = { hasPin: false, portSwitch: 'usable', uhubctl: 'missing', hasDevice: false };

  test.each([
    [{ hasPin: true }, 'gpio-relay', 'GPIO pin'],
    [{}, 'port-disable', 'shows at the lamp'],
    [{ uhubctl: 'unknown' }, 'port-disable', 'shows at the lamp'],
    [{ uhubctl: 'per-port' }, 'port-disable', 'says that it cuts power'],
    [{ uhubctl: 'ganged' }, 'port-disable', 'all ports together'],
    [{ portSwitch: 'missing', uhubctl: 'per-port' }, 'uhubctl', 'this kernel has no switch'],
    [{ portSwitch: 'not-permitted', uhubctl: 'ganged' }, 'uhubctl', 'not permitted'],
    [{ portSwitch: 'read-only', uhubctl: 'per-port' }, 'uhubctl', 'read-only'],
    [{ portSwitch: 'missing', hasDevice: true }, 'bind-unbind', 'stay lit'],
    [{ uhubctl: 'none', hasDevice: true }, 'bind-unbind', 'stay lit'],
  ] as const)('%j: %s', (part, driver, why) => {
    const choice = chooseDriver({ ...facts, ...part });
    expect(choice).toMatchObject({ driver, why: expect.stringContaining(why) });
    expect('isDoubtful' in choice).toBe(driver === 'bind-unbind');
  });

  test.each([
    [{ portSwitch: 'not-permitted' }, 'usb permissions'],
    [{ portSwitch: 'read-only', hasDevice: true }, 'machine itself'],
    [{ portSwitch: 'missing' }, 'Install uhubctl'],
    [{ portSwitch: 'missing', uhubctl: 'unknown' }, 'Use a hub'],
    [{ uhubctl: 'none' }, 'cannot switch power'],
  ] as const)('%j: says %s', (part, remedy) => {
    expect(chooseDriver({ ...facts, ...part })).toEqual({ problem: expect.stringContaining(remedy) });
  });
});

test.each([
  [{ pollMs: 5_000, isCostly: false, misses: 0 }, 5_000],
  [{ pollMs: 5_000, isCostly: true, misses: 0 }, 15_000],
  [{ pollMs: 90_000, isCostly: true, misses: 0 }, 90_000],
  [{ pollMs: 5_000, isCostly: false, misses: 1 }, 5_000],
  [{ pollMs: 5_000, isCostly: false, misses: 3 }, 20_000],
  [{ pollMs: 5_000, isCostly: true, misses: 4_000 }, 60_000],
  [{ pollMs: 90_000, isCostly: false, misses: 9 }, 90_000],
])('looks again: %j in %s ms', (facts, waitMs) => {
  expect(nextLookMs(facts)).toBe(waitMs);
});

test.each([
  [{ on: true, offAt: 100_000 }, { on: true, offAt: 120_000 }, true],
  [{ on: true, offAt: 100_000 }, { on: true, offAt: 140_000 }, false],
  [{ on: true, offAt: 100_000 }, { on: true, offAt: 99_000 }, false],
  [{ on: true, offAt: 100_000 }, { on: true }, false],
  [{ on: true }, { on: true }, true],
  [{ on: false }, { on: true }, false],
  [{ on: true, port: '1-1' }, { on: true, port: '1-2' }, false],
])('the memory %j serves for %j: %s', (stored, wanted, isSo) => {
  expect(isGoodEnough(stored, wanted)).toBe(isSo);
});

test('the permissions: a rule for the ports, a group for the unit, and what to type', () => {
  const target = { user: 'anna', unit: 'porchlight' };
  const [rule, override] = listPermissionFiles(target);
  expect(rule?.text).toContain('DRIVER=="hub|usb"');
  expect(rule?.text).toMatch(/chgrp plugdev \$\$f && chmod 0660 \$\$f/);
  expect(override?.path).toBe('/etc/systemd/system/porchlight.service.d/porchlight-usb.conf');
  expect(override?.text).toContain('SupplementaryGroups=plugdev');
  expect(listPermissionCommands(target)).toContain('sudo usermod --append --groups plugdev anna');
});
