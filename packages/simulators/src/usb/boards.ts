import { portOf, type Board, type HubSpec } from './spec.ts';

const linux = '1d6b';

function rootHub(bus: number, ports: number, part: Partial<HubSpec> = {}): HubSpec {
  const isUsb3 = part.isUsb3 ?? false;
  return {
    id: `usb${bus}`,
    vendor: linux,
    product: isUsb3 ? '0003' : '0002',
    name: 'xHCI Host Controller',
    ports,
    says: 'nops',
    isHonest: true,
    isUsb3,
    ...part,
  };
}

function hub(id: string, identity: string, ports: number, part: Partial<HubSpec> = {}): HubSpec {
  const [vendor = '', product = ''] = identity.split(':');
  const name = part.isUsb3 ? 'USB3.0 Hub' : 'USB2.0 Hub';
  return { id, vendor, product, name, ports, says: 'ppps', isHonest: true, isUsb3: false, ...part };
}

function pair(a: string, b: string, count: number): [string, string][] {
  return Array.from({ length: count }, (_, index) => [portOf(a, index + 1), portOf(b, index + 1)]);
}

/** A computer with an external hub that really switches its four sockets, each with its USB 2 and USB 3 side. */
export const smartHub: Board = {
  hubs: [
    rootHub(1, 2),
    rootHub(2, 2, { isUsb3: true }),
    hub('1-1', '05e3:0610', 4, { serial: 'HUB1' }),
    hub('2-1', '05e3:0620', 4, { serial: 'HUB1', isUsb3: true }),
  ],
  twins: [...pair('usb1', 'usb2', 2), ...pair('1-1', '2-1', 4)],
};

/** A Raspberry Pi 4: four sockets behind a USB 2 hub and a USB 3 root hub, all of them one gang. */
export const raspberryPi4: Board = {
  model: 'Raspberry Pi 4 Model B Rev 1.4',
  hubs: [rootHub(1, 1), rootHub(2, 4, { isUsb3: true, says: 'ppps' }), hub('1-1', '2109:3431', 4)],
  twins: pair('1-1', 'usb2', 4),
  gang: {
    switches: [1, 2, 3, 4].flatMap((number) => [portOf('1-1', number), portOf('usb2', number)]),
    sockets: [1, 2, 3, 4].flatMap((number) => [portOf('1-1', number), portOf('usb2', number)]),
  },
};

/** A Raspberry Pi 3: port 2 switches the four sockets, port 1 is the network. */
export const raspberryPi3: Board = {
  model: 'Raspberry Pi 3 Model B Rev 1.2',
  hubs: [rootHub(1, 1), hub('1-1', '0424:9514', 5)],
  twins: [],
  gang: { switches: ['1-1.2'], sockets: ['1-1.2', '1-1.3', '1-1.4', '1-1.5'] },
};

/** A Raspberry Pi 5: four root hubs that each claim to switch, and are one gang. */
export const raspberryPi5: Board = {
  model: 'Raspberry Pi 5 Model B Rev 1.0',
  hubs: [
    rootHub(1, 2, { says: 'ppps' }),
    rootHub(2, 1, { says: 'ppps', isUsb3: true }),
    rootHub(3, 2, { says: 'ppps' }),
    rootHub(4, 1, { says: 'ppps', isUsb3: true }),
  ],
  twins: [...pair('usb1', 'usb2', 1), ...pair('usb3', 'usb4', 1)],
  gang: {
    switches: ['1-1', '1-2', '2-1', '3-1', '3-2', '4-1'],
    sockets: ['1-1', '1-2', '2-1', '3-1', '3-2', '4-1'],
  },
};

/** A computer with a cheap hub that switches nothing. */
export const plainHub: Board = {
  hubs: [rootHub(1, 2), hub('1-1', '1a40:0101', 4, { says: 'nops', isHonest: false })],
  twins: [],
};
