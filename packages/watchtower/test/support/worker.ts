import { createJsonLog } from '../../src/event-log.ts';
import { watchtowerSchema } from '../../src/config.ts';
import { openStore } from '../../src/store/open-store.ts';
import { startWatchtower } from '../../src/watchtower.ts';
import { createScaledClock } from './scaled-clock.ts';

/** One worker as a process of its own: `worker.ts <configuration> <base of the clock>`. */
const [text = '{}', base = '0'] = process.argv.slice(2);
const config = watchtowerSchema.parse(JSON.parse(text));
const clock = createScaledClock(Number(base));
const log = createJsonLog((line) => process.stdout.write(`${line}\n`));
await startWatchtower({ config, store: await openStore(config, clock), log, clock });
