import { RemoteDevices, type BusClient } from '@porchlight/bus';
import { capabilityNames, type DeviceSource } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';

/** Time for what is retained to arrive, milliseconds. */
const listenMs = 700;

/** `porchlight status`: services and devices as the bus knows them, as a table. */
export async function status(client: BusClient, print: (line: string) => void): Promise<number> {
  const services = new Map<string, { state: string; owner: string }>();
  client.onServiceStatus((name, { state, owner }) => void services.set(name, { state, owner }));
  await systemClock.sleep(listenMs);
  if (services.size === 0) {
    print('Nothing is on the bus.');
    return 1;
  }
  const sources = [...services.keys()].map((name) => new RemoteDevices(client, name));
  for (const source of sources) source.start();
  await systemClock.sleep(listenMs);
  const rows = sources
    .toSorted((a, b) => a.service.localeCompare(b.service))
    .flatMap((source) => {
      const { state = '', owner = '' } = services.get(source.service) ?? {};
      return [[source.service, state, owner], ...deviceRows(source)];
    });
  for (const source of sources) source.stop();
  for (const line of table([['SERVICE / DEVICE', 'STATE', ''], ...rows])) print(line);
  return [...services.values()].every(({ state }) => state === 'online') ? 0 : 1;
}

function deviceRows(source: DeviceSource): string[][] {
  return source.list().map(({ id, name }) => {
    const states = capabilityNames.flatMap((capability) => {
      const state = capability === 'health' ? undefined : source.state(id, capability);
      return state ? [`${capability} ${brief(state)}`] : [];
    });
    const health = source.state(id, 'health');
    return [`  ${name}`, states.join(', '), health?.problem ?? ''];
  });
}

const plain: ReadonlySet<string> = new Set(['mode', 'phase', 'status']);

/** The values of a state without its times. */
function brief(state: object): string {
  return Object.entries(state)
    .filter(([key]) => !/^(since|until|at|last\w*)$/.test(key))
    .map(([key, value]: [string, unknown]) => (plain.has(key) ? String(value) : `${key}=${JSON.stringify(value)}`))
    .join(' ');
}

function table(rows: readonly string[][]): string[] {
  const widths = [0, 1].map((column) => Math.min(60, Math.max(...rows.map((row) => row[column]?.length ?? 0))));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
