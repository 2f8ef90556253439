import { smartPlugSchema } from '@porchlight/config-schemas';
import { Devices, parseConfig, type CommandOrigin } from '@porchlight/core';
import { buildContext, type FakeContext } from '@porchlight/core/testing';
import { House } from '../../src/adapters/house.ts';
import { FakePlug } from './fake-plug.ts';

export interface TestHouse {
  context: FakeContext;
  devices: Devices;
  house: House;
  plug(id?: string): FakePlug;
  phase(id?: string): string | undefined;
  restart(id?: string, origin?: CommandOrigin, offSeconds?: number): Promise<void>;
  switch(on: boolean, id?: string): Promise<void>;
  /** As kill -9: nothing more happens here. */
  kill(): void;
}

export const routerConfig = { plugs: [{ type: 'shelly', name: 'Router', host: 'plug.local' }] };

/**
 * Plugs on the test's clock. Pass an earlier house to play a restart of the process in the same home. `onMade` is called
 * when commands may come already, and nothing has been read yet.
 */
export async function startHouse(
  raw: object = routerConfig,
  earlier?: TestHouse,
  onMade: (devices: Devices) => void = () => undefined,
): Promise<TestHouse> {
  const parsed = parseConfig(smartPlugSchema, raw);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const context = buildContext(earlier && { clock: earlier.context.clock, storage: earlier.context.storage });
  const devices = new Devices('smart-plug');
  const plugs = new Map(
    parsed.config.plugs.map(({ name }) => {
      const id = name.toLowerCase();
      return [id, earlier?.plug(id) ?? new FakePlug(context.clock)];
    }),
  );
  const find = (id: string): FakePlug => {
    const plug = plugs.get(id);
    if (!plug) throw new Error(`There is no plug ${id}.`);
    return plug;
  };
  const open = ({ name }: { name: string }): FakePlug => find(name.toLowerCase());
  const house = new House({ config: parsed.config, context, devices, open });
  onMade(devices);
  await house.start();
  return {
    context,
    devices,
    house,
    plug: (id = 'router') => find(id),
    phase: (id = 'router') => devices.state(id, 'power-cycle')?.phase,
    restart: (id = 'router', origin = 'homekit', offSeconds) =>
      devices.command(
        { device: id, capability: 'power-cycle' },
        { action: 'run', ...(offSeconds !== undefined && { offSeconds }) },
        origin,
      ),
    switch: (on, id = 'router') => devices.command({ device: id, capability: 'switch' }, { on }, 'homekit'),
    kill: () => context.abort(),
  };
}
