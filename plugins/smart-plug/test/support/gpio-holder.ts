/** Holds a GPIO line for an hour, to be killed. */
import { smartPlugSchema, type PlugConfigOf } from '@porchlight/config-schemas';
import { openGpio } from '../../src/adapters/gpio/client.ts';

const { plugs } = smartPlugSchema.parse({ plugs: [{ type: 'gpio', name: 'Router', line: 17 }] });
const port = openGpio(plugs[0] as PlugConfigOf<'gpio'>);
const { signal } = new AbortController();
await port.cut(600, signal);
process.send?.('holds');
setInterval(() => undefined, 1000);
