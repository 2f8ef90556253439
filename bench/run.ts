import { argv, exit } from 'node:process';
import { benchWindow } from './alarm-window.ts';
import { benchBlink } from './blink.ts';
import { benchFootage } from './footage.ts';
import { benchHomekit } from './homekit-latency.ts';
import { benchLamp } from './lamp-latency.ts';
import { benchWatchtower } from './watchtower.ts';
import { benchWatchdog } from './watchdog.ts';

/** `npm run bench -- <name> [--json]`: every benchmark by name, each giving one object of figures. */
const benches: Record<string, () => Promise<object>> = {
  async alarm() {
    const window = benchWindow();
    const lamp = await benchLamp();
    const { homekitRatioP99: _tail, ...homekit } = await benchHomekit();
    return { ...window, ...lamp, ...homekit };
  },
  blink: async () => ({ ...(await benchBlink()) }),
  footage: benchFootage,
  watchtower: benchWatchtower,
  watchdog: async () => ({ ...(await benchWatchdog()) }),
};

const [name = '', ...options] = argv.slice(2);
const bench = benches[name];
if (!bench) {
  console.error(`Use: npm run bench -- <${Object.keys(benches).join('|')}> [--json]`);
  exit(2);
}
const figures = await bench();
if (options.includes('--json')) console.log(JSON.stringify(figures));
else console.table(figures);
exit(0);
