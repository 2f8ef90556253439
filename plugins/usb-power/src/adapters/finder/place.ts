import { findPort } from '../../domain/find-port.ts';
import type { Selector } from '../../domain/selector.ts';
import { notFound } from '../../errors.ts';
import type { PowerPort } from '../../ports.ts';
import type { Sysfs } from '../sysfs/client.ts';

/**
 * The switch of a lamp that is named by its identity: it can be moved to another port, and something else put in its
 * place. Rejects with `usb.not-found` then, so that it is looked for anew.
 */
export function followDevice(
  power: PowerPort,
  sysfs: Sysfs,
  { selector, port }: { selector: Selector; port: string },
): PowerPort {
  const check = async (): Promise<void> => {
    const here = (await sysfs.devicesOn([port])).filter(({ id }) => id === port);
    const tree = here.length > 0 ? { devices: here, ports: [] } : await sysfs.survey();
    const found = findPort(tree, selector);
    // With its power off it is nowhere; that is no news.
    const isSame = 'port' in found ? found.port === port : here.length === 0;
    if (!isSame) throw notFound(`The lamp is no longer at USB port ${port}.`);
  };
  return {
    close: () => power.close(),
    async read() {
      await check();
      return power.read();
    },
    async set(on) {
      if (!on) await check();
      await power.set(on);
    },
  };
}
