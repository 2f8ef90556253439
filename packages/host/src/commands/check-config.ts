import { describeError, parseConfig } from '@porchlight/core';
import type { House } from '../config-folder.ts';
import { loadService } from '../services.ts';

/** `porchlight check-config`: every problem with its remedy. Returns the exit code: 0 usable, 1 not. */
export async function checkConfig(house: House, print: (line: string) => void): Promise<number> {
  let isUsable = house.problems.length === 0;
  for (const problem of house.problems) print(`problem  ${problem}`);
  if (house.services.size === 0 && isUsable) {
    print('problem  services: is empty; configure at least one service');
    isUsable = false;
  }
  for (const [name, config] of house.services) {
    const schema = await loadService(name).then(
      ({ service }) => service.configSchema,
      (error: unknown) => print(`problem  ${name}: ${describeError(error)}`),
    );
    if (!schema) {
      isUsable = false;
      continue;
    }
    const result = parseConfig(schema, config);
    for (const warning of result.warnings) print(`warning  ${name}.${warning}`);
    if (result.ok) print(`ok       ${name}`);
    else {
      isUsable = false;
      for (const problem of result.problems) print(`problem  ${name}.${problem}`);
    }
  }
  return isUsable ? 0 : 1;
}
