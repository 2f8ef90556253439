import { describe, expect, test } from '@jest/globals';
import { traceCircuit } from '../../src/domain/circuit.ts';
import { listPorts, renderPorts } from '../../src/domain/describe-tree.ts';
import { findPort } from '../../src/domain/find-port.ts';
import { joinPort } from '../../src/domain/port-id.ts';
import { describeRefusal, listOnPorts, listVictims } from '../../src/domain/safety.ts';
import { parseSelector } from '../../src/domain/selector.ts';
import type { UsbDevice, UsbPort, UsbTree } from '../../src/domain/usb-tree.ts';

function device(id: string, identity: string, part: Partial<UsbDevice> = {}): UsbDevice {
  const [vendor = '', product = ''] = identity.split(':');
  return { id, vendor, product, name: `Thing ${id}`, isHub: false, isBound: true, storage: [], network: [], ...part };
}
const hub = (id: string, identity: string, part: Partial<UsbDevice> = {}) =>
  device(id, identity, { isHub: true, ...part });
const ports = (of: string, count: number, part: (number: number) => Partial<UsbPort> = () => ({})): UsbPort[] =>
  Array.from({ length: count }, (_, index) => {
    return { id: joinPort(of, index + 1), hub: of, number: index + 1, isOn: true, ...part(index + 1) };
  });

const disk = device('1-1.2', '0781:5581', { storage: ['sda'], name: 'SanDisk Ultra' });
const lamp = device('1-1.4', '1a86:7523', { serial: 'L1' });
const tree: UsbTree = {
  devices: [hub('usb1', '1d6b:0002'), hub('1-1', '05e3:0610', { serial: 'H1' }), disk, lamp],
  ports: [...ports('usb1', 2), ...ports('1-1', 4, (number) => ({ peer: `2-1.${number}` }))],
};

describe('finding', () => {
  test.each([
    ['1-1.3', '1-1.3'],
    ['1a86:7523', '1-1.4'],
    ['1a86:7523:L1', '1-1.4'],
    ['05e3:0610#3', '1-1.3'],
    ['05e3:0610:H1#3', '1-1.3'],
    ['1d6b:0002#2', '1-2'],
  ])('%s is port %s', (text, port) => {
    expect(findPort(tree, parseSelector(text))).toEqual({ port });
  });

  test.each([
    ['1-1.5', 'There is no USB port 1-1.5'],
    ['1a86:7523:L2', 'No device 1a86:7523:L2 is connected'],
    ['05e3:9999#1', 'No hub 05e3:9999 is connected'],
    ['1a86:7523#1', 'No hub 1a86:7523'],
    ['05e3:0610#9', 'There is no USB port 1-1.9'],
    ['1d6b:0002', 'is a root hub'],
  ])('%s: %s', (text, problem) => {
    expect(findPort(tree, parseSelector(text))).toEqual({
      problem: expect.stringContaining(problem),
      isAmbiguous: false,
    });
  });

  test('two of a kind need a serial number', () => {
    const twice = { ...tree, devices: [...tree.devices, device('1-1.1', '1a86:7523')] };
    expect(findPort(twice, parseSelector('1a86:7523'))).toMatchObject({ isAmbiguous: true });
    expect(findPort(twice, parseSelector('1a86:7523:L1'))).toEqual({ port: '1-1.4' });
  });

  test('one whose power is off is where it was, unless something else is there now', () => {
    const gone = { ...tree, devices: tree.devices.filter((one) => one !== lamp) };
    expect(findPort(gone, parseSelector('1a86:7523'), '1-1.4')).toEqual({ port: '1-1.4' });
    expect(findPort(gone, parseSelector('1a86:7523'), '1-1.2')).toHaveProperty('problem');
    expect(findPort(gone, parseSelector('1a86:7523'), '7-7')).toHaveProperty('problem');
    expect(findPort(tree, parseSelector('1a86:7523'), '1-1.1')).toEqual({ port: '1-1.4' });
  });
});

describe('what goes with a port', () => {
  test('its twin, from whichever side', () => {
    expect(traceCircuit(tree, '1-1.4')).toEqual({ switched: ['1-1.4', '2-1.4'], affected: ['1-1.4', '2-1.4'] });
    expect(traceCircuit(tree, '2-1.4').switched).toEqual(['2-1.4', '1-1.4']);
    expect(traceCircuit(tree, '1-2').switched).toEqual(['1-2']);
  });

  test('all of a hub that switches its ports together', () => {
    const ganged = { ...tree, devices: [hub('1-1', '05e3:0610', { switching: 'ganged' })], ports: ports('1-1', 4) };
    expect(traceCircuit(ganged, '1-1.4')).toMatchObject({
      affected: ['1-1.1', '1-1.2', '1-1.3', '1-1.4'],
      board: expect.stringContaining('together'),
    });
  });

  test.each([
    ['3B', [hub('1-1', '0424:9514')], '1-1.5', ['1-1.2'], ['1-1.2', '1-1.3', '1-1.4', '1-1.5']],
    [
      '3B+',
      [hub('1-1', '0424:2514'), hub('1-1.1', '0424:2514')],
      '1-1.1.3',
      ['1-1.2'],
      ['1-1.2', '1-1.3', '1-1.1.2', '1-1.1.3'],
    ],
    [
      '4',
      [hub('1-1', '2109:3431'), hub('usb2', '1d6b:0003')],
      '2-3',
      ['1-1.1', '1-1.2', '1-1.3', '1-1.4', '2-1', '2-2', '2-3', '2-4'],
      ['1-1.1', '1-1.2', '1-1.3', '1-1.4', '2-1', '2-2', '2-3', '2-4'],
    ],
  ])('Raspberry Pi %s: the sockets are one gang', (_model, devices, port, switched, affected) => {
    expect(traceCircuit({ devices, ports: [] }, port)).toMatchObject({ switched, affected });
  });

  test('Raspberry Pi 5: every port of every root hub, and an external hub apart', () => {
    const pi5: UsbTree = {
      model: 'Raspberry Pi 5 Model B Rev 1.0',
      devices: [hub('usb1', '1d6b:0002'), hub('usb2', '1d6b:0003'), hub('1-1', '05e3:0610')],
      ports: [...ports('usb1', 2), ...ports('usb2', 1), ...ports('1-1', 4)],
    };
    expect(traceCircuit(pi5, '1-2').switched).toEqual(['1-1', '1-2', '2-1']);
    expect(traceCircuit(pi5, '1-1.3').switched).toEqual(['1-1.3']);
    expect(traceCircuit({ ...pi5, model: 'Raspberry Pi 50' }, '1-2').switched).toEqual(['1-2']);
  });

  test('the network port of a Pi 3 and an external hub on it are not of the gang', () => {
    const pi3: UsbTree = { devices: [hub('1-1', '0424:9514')], ports: ports('1-1.3', 4) };
    expect(traceCircuit(pi3, '1-1.1').switched).toEqual(['1-1.1']);
    expect(traceCircuit(pi3, '1-1.3.2').switched).toEqual(['1-1.3.2']);
  });
});

describe('who else would lose power', () => {
  const network = device('1-1.3', '0bda:8153', { network: ['eth0'] });
  const below = device('1-1.4.1', '046d:c077');

  test('everything that is not the lamp, and what carries data in any case', () => {
    expect(listVictims({ devices: [lamp, disk], lamp: '1-1.4' })).toEqual([disk]);
    expect(listVictims({ devices: [lamp] })).toEqual([lamp]);
    expect(listVictims({ devices: [disk], lamp: '1-1.2' })).toEqual([disk]);
    expect(listVictims({ devices: [network], lamp: '1-1.3' })).toEqual([network]);
    expect(listVictims({ devices: [hub('1-1.4', '05e3:0610'), below], lamp: '1-1.4' })).toHaveLength(2);
  });

  test('is named, with what it carries and how to go on', () => {
    const both = describeRefusal([disk, network, hub('1-1.1', '05e3:0610')]);
    expect(both).toContain('SanDisk Ultra (0781:5581, 1-1.2) with the disk sda');
    expect(both).toContain('with the network eth0');
    expect(both).toContain('(05e3:0610, 1-1.1), a hub hang');
    expect(both).toContain('Move them');
    expect(describeRefusal([lamp])).toContain('hangs on the same power. Move it elsewhere, or allow it');
  });

  test('below a hub too, and not next door', () => {
    const next = device('1-1.40', '046d:c077');
    expect(listOnPorts([lamp, below, next], ['1-1.4'])).toEqual([lamp, below]);
  });
});

test('the list: every port, what is on it, and what its power can', () => {
  const known = {
    ...tree,
    devices: tree.devices.map((one) => (one.id === '1-1' ? { ...one, switching: 'per-port' as const } : one)),
    ports: [...tree.ports.filter(({ hub: owner }) => owner === '1-1'), ...ports('usb1', 1, () => ({ isOn: false }))],
  };
  const choices = listPorts(known);
  expect(choices.find(({ id }) => id === '1-1.4')).toEqual({
    id: '1-1.4',
    hub: '1-1',
    device: 'Thing 1-1.4',
    identity: '1a86:7523:L1',
    isHub: false,
    carriesData: false,
    isOn: true,
    twin: '2-1.4',
    power: 'power can be switched',
    together: ['2-1.4'],
  });
  expect(choices.find(({ id }) => id === '1-1.2')).toMatchObject({ carriesData: true });
  expect(renderPorts(known)).toEqual([
    'hub usb1  Thing usb1 (1d6b:0002)',
    '  1-1        Thing 1-1 (05e3:0610:H1): off, power may be switched (try it with a lamp)',
    'hub 1-1  Thing 1-1 (05e3:0610:H1)',
    '  1-1.1      nothing that the computer can see: on, power can be switched, together with 2-1.1',
    '  1-1.2      SanDisk Ultra (0781:5581): on, power can be switched, together with 2-1.2',
    '  1-1.3      nothing that the computer can see: on, power can be switched, together with 2-1.3',
    '  1-1.4      Thing 1-1.4 (1a86:7523:L1): on, power can be switched, together with 2-1.4',
  ]);
  const old: UsbTree = {
    devices: [hub('usb1', '1d6b:0002', { switching: 'none' }), hub('usb2', '1d6b:0003')],
    ports: [...ports('usb1', 1), { id: '2-1', hub: 'usb2', number: 1 }],
  };
  expect(listPorts(old).map(({ power }) => power)).toEqual(['the hub cannot switch power', 'no switch']);
  expect(renderPorts(old).at(-1)).toBe('  2-1        nothing that the computer can see: no switch');
});
