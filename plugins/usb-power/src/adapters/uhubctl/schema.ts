import type { PowerSwitching } from '../../domain/usb-tree.ts';

export interface HubStatus {
  /** As our ids: `1-1`, `usb2`. */
  hub: string;
  /** Absent: the version of uhubctl is too old to tell, and lists only hubs that switch port by port. */
  switching?: PowerSwitching;
  /** Whether each port has power, by number. */
  ports: ReadonlyMap<number, boolean>;
}

const hubLine = /^(?:Current|New) status for hub (\S+) \[(.*)\]/;
const portLine = /^\s+Port (\d+): ([0-9a-f]{4})\b/i;
const usb2PowerBit = 0x01_00;
const usb3PowerBit = 0x02_00;
const switchingWords: Record<string, PowerSwitching> = { ppps: 'per-port', ganged: 'ganged', nops: 'none' };

/** Reads what uhubctl prints. A hub that is told of twice, before and after switching, counts as it is after. */
export function parseStatus(text: string): HubStatus[] {
  const hubs = new Map<string, HubStatus & { ports: Map<number, boolean> }>();
  let current: { ports: Map<number, boolean>; powerBit: number } | undefined;
  for (const line of text.split('\n')) {
    const [, location, description = ''] = hubLine.exec(line) ?? [];
    if (location !== undefined) {
      const hub = /^\d+$/.test(location) ? `usb${location}` : location;
      const switching = switchingWords[/(\w+)$/.exec(description)?.[1] ?? ''];
      const ports = new Map<number, boolean>();
      hubs.set(hub, { hub, ports, ...(switching && { switching }) });
      current = { ports, powerBit: /\bUSB 3\./.test(description) ? usb3PowerBit : usb2PowerBit };
      continue;
    }
    const [, number, word = ''] = portLine.exec(line) ?? [];
    if (number !== undefined) current?.ports.set(Number(number), (Number.parseInt(word, 16) & current.powerBit) !== 0);
  }
  return [...hubs.values()];
}
