import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';

/** A stand-in for uhubctl: same flags, same words, and the same exit code 0 when a port could not be switched. */

interface Hub {
  location: string;
  description: string;
  isUsb3: boolean;
  says: string;
  ports: { number: number; id: string }[];
  /** The same hub's USB 2 or USB 3 side. */
  dual?: string;
}

export interface UhubctlState {
  hubs: Hub[];
  /** Holds a file for each port that is off. */
  offFolder: string;
  /** Requests that fail, as they do without permission or with a bad cable. */
  isFailing: boolean;
  /** Only libusb's list is empty, as without permission. */
  isForbidden: boolean;
}

const [, , stateFile = '', ...args] = argv;
const state = JSON.parse(readFileSync(stateFile, 'utf8')) as UhubctlState;
const { values } = parseArgs({
  args,
  options: {
    force: { type: 'boolean', short: 'f' },
    exact: { type: 'boolean', short: 'e' },
    location: { type: 'string', short: 'l' },
    ports: { type: 'string', short: 'p' },
    action: { type: 'string', short: 'a' },
    repeat: { type: 'string', short: 'r' },
  },
});
const usable = state.isForbidden ? [] : state.hubs.filter(({ says }) => values.force === true || says === 'ppps');
const named = usable.filter(({ location }) => values.location === undefined || location === values.location);
const duals = values.exact ? [] : usable.filter(({ location }) => named.some(({ dual }) => dual === location));
const chosen = [...new Set([...named, ...duals])];

if (named.length === 0) {
  const where = values.location === undefined ? '' : ` at location ${values.location}`;
  stderr.write(`No compatible devices detected${where}!\nRun with -h to get usage info.\n`);
  if (state.isForbidden) stderr.write('There were permission problems while accessing USB.\n');
  exit(1);
}
for (const hub of chosen) {
  print('Current', hub);
  if (values.action === undefined) continue;
  if (state.isFailing) stderr.write('Failed to control port power!\n');
  else act(hub, /^(1|on)$/.test(values.action));
  stdout.write(`Sent power ${/^(1|on)$/.test(values.action) ? 'on' : 'off'} request\n`);
  print('New', hub);
}

function print(when: string, hub: Hub): void {
  stdout.write(`${when} status for hub ${hub.location} [${hub.description}, ${hub.ports.length} ports, ${hub.says}]\n`);
  for (const { number, id } of portsOf(hub)) {
    const isOn = !existsSync(join(state.offFolder, id));
    const word = isOn
      ? hub.isUsb3
        ? '02a0 power 5gbps Rx.Detect'
        : '0100 power'
      : hub.isUsb3
        ? '0080 off'
        : '0000 off';
    stdout.write(`  Port ${number}: ${word}\n`);
  }
}

function act(hub: Hub, on: boolean): void {
  for (const { id } of portsOf(hub)) {
    const file = join(state.offFolder, id);
    if (on) rmSync(file, { force: true });
    else writeFileSync(file, '');
  }
}

function portsOf(hub: Hub): Hub['ports'] {
  const wanted = values.ports?.split(',').map(Number);
  return hub.ports.filter(({ number }) => wanted === undefined || wanted.includes(number));
}
