import { capabilities, isCapabilityName, type DeviceDescription } from '@porchlight/core';
import { topics } from './topics.ts';

/** The whole contract as a table. */
export function renderContract(root = 'porchlight'): string {
  const rows = Object.values(topics).map(({ path, retain, summary, example }) => {
    return `| \`${root}/${path}\` | ${retain ? 'yes' : 'no'} | ${summary} | \`${JSON.stringify(example.payload)}\` |`;
  });
  return ['| topic | retained | what it says | for example |', '|---|---|---|---|', ...rows].join('\n');
}

/** What a service's devices say and understand. */
export function renderTopics(
  service: string,
  devices: readonly Pick<DeviceDescription, 'id' | 'capabilities'>[],
  root = 'porchlight',
): string {
  const rows = devices.flatMap(({ id, capabilities: given }) =>
    Object.keys(given)
      .filter(isCapabilityName)
      .map((capability) => {
        const base = `${root}/${service}/${id}/${capability}`;
        const command = capabilities[capability].command ? `\`${base}/set\`` : '';
        return `| ${id} | \`${base}\` | ${command} |`;
      }),
  );
  return ['| device | state (retained) | commands |', '|---|---|---|', ...rows].join('\n');
}
