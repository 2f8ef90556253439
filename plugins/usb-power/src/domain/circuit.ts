import { joinPort } from './port-id.ts';
import type { UsbTree } from './usb-tree.ts';

/** What one lamp's switch reaches. */
export interface Circuit {
  /** Ports that must all be switched: power drops only when the last of them is off. */
  switched: readonly string[];
  /** Ports that lose power with them. */
  affected: readonly string[];
}

/** A group of sockets that have one power switch between them. */
interface Gang extends Circuit {
  /** Why, in words. */
  board: string;
}

/** The ports that belong together with this one: its twin, its gang, or all of a ganged hub. */
export function traceCircuit(tree: UsbTree, port: string): Circuit & { board?: string } {
  const gang = listGangs(tree).find(({ affected }) => affected.includes(port));
  if (gang) return gang;
  const pair = withTwin(tree, port);
  const isGanged = tree.devices.some(
    ({ id, switching }) => switching === 'ganged' && tree.ports.some((one) => one.id === port && one.hub === id),
  );
  if (!isGanged) return { switched: pair, affected: pair };
  const hubs = tree.ports.filter(({ id }) => pair.includes(id)).map(({ hub }) => hub);
  const all = tree.ports.filter(({ hub }) => hubs.includes(hub)).map(({ id }) => id);
  return { switched: all, affected: all, board: 'This hub switches all its ports together.' };
}

function withTwin(tree: UsbTree, port: string): string[] {
  const twins = tree.ports.flatMap(({ id, peer }) => (peer !== undefined && id === port ? [peer] : []));
  const back = tree.ports.filter(({ peer }) => peer === port).map(({ id }) => id);
  return [...new Set([port, ...twins, ...back])];
}

/** Boards whose sockets share one switch although their hubs claim otherwise (uhubctl's list of Raspberry Pi models). */
function listGangs(tree: UsbTree): Gang[] {
  const { model = '' } = tree;
  const has = (id: string, identity: string): boolean =>
    tree.devices.some((device) => device.id === id && `${device.vendor}:${device.product}` === identity);
  const board = 'All sockets of this Raspberry Pi have one power switch between them.';
  if (/^Raspberry Pi (5|500|Compute Module 5)\b/.test(model)) {
    const roots = tree.ports.filter(({ hub }) => hub.startsWith('usb')).map(({ id }) => id);
    return [{ switched: roots, affected: roots, board }];
  }
  if (has('1-1', '2109:3431')) {
    const usb2 = portsOf('1-1', [1, 2, 3, 4]);
    const all = [...usb2, ...portsOf('usb2', [1, 2, 3, 4])];
    return [{ switched: all, affected: all, board }];
  }
  // On the 3B+ a second hub of the same kind hangs inside the first.
  if (has('1-1', '0424:2514') && has('1-1.1', '0424:2514')) {
    return [{ switched: ['1-1.2'], affected: [...portsOf('1-1', [2, 3]), ...portsOf('1-1.1', [2, 3])], board }];
  }
  if (has('1-1', '0424:9514')) {
    return [{ switched: ['1-1.2'], affected: portsOf('1-1', [2, 3, 4, 5]), board }];
  }
  return [];
}

function portsOf(hub: string, numbers: readonly number[]): string[] {
  return numbers.map((number) => joinPort(hub, number));
}
