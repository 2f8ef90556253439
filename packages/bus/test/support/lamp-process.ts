import { argv, stdout } from 'node:process';
import type { BrokerSettings } from '@porchlight/core';
import { runLamp } from './house.ts';

// A host of its own process, to be killed.
const [, , settings = '', folder = ''] = argv;
const host = runLamp({ settings: JSON.parse(settings) as BrokerSettings, folder, host: 'doomed' });
await host.run.ready;
stdout.write('serving\n');
