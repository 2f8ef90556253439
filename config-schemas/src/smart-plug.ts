import * as z from 'zod';
import { brokerSchema } from './shared/broker.ts';
import { plugName } from './smart-plug-fields.ts';
import { plugSchema } from './smart-plug-kinds.ts';

/** Words that stand where the id of a device could stand. */
const reserved = new Set(['status', 'info', 'health']);

const stepSchema = z.object({
  plug: plugName.meta({ title: 'Plug', description: 'The name of one of the plugs.', placeholder: 'Modem' }),
  waitSeconds: z.number().min(0).max(900).default(0).meta({
    title: 'Then wait',
    description: 'After it is on again, before the next one.',
    unit: 's',
  }),
});

const sequenceSchema = z.object({
  name: plugName.meta({ title: 'Name', description: 'In Apple Home.', placeholder: 'Internet' }),
  steps: z.array(stepSchema).min(1).max(8).meta({
    title: 'Steps',
    description: 'One after the other.',
    item: 'step',
  }),
});

export const smartPlugSchema = z
  .object({
    plugs: z
      .array(plugSchema)
      .max(32)
      .default([])
      .meta({ title: 'Plugs', description: 'One entry for each plug.', item: 'plug' }),
    sequences: z.array(sequenceSchema).max(8).default([]).meta({
      title: 'Sequences',
      description: 'Several plugs restarted in order: the modem, a pause, the router.',
      item: 'sequence',
      section: 'Sequences',
    }),
    broker: brokerSchema,
  })
  .check(({ value, issues }) => {
    const names = new Set<string>();
    const report = (path: (string | number)[], message: string): void =>
      void issues.push({ code: 'custom', input: value, path, message });
    for (const [list, entries] of Object.entries({ plugs: value.plugs, sequences: value.sequences })) {
      for (const [index, entry] of entries.entries()) {
        const id = idOf(entry.name);
        if (names.has(id)) report([list, index, 'name'], 'is used twice; names must differ in letters a-z or digits');
        if (reserved.has(id)) report([list, index, 'name'], 'is a word with a meaning of its own; choose another name');
        names.add(id);
      }
    }
    const plugs = new Set(value.plugs.map((plug) => plug.name));
    for (const [index, { steps }] of value.sequences.entries()) {
      for (const [at, { plug }] of steps.entries()) {
        if (!plugs.has(plug)) report(['sequences', index, 'steps', at, 'plug'], 'is not the name of one of the plugs');
      }
    }
  });

export type SmartPlugConfig = z.output<typeof smartPlugSchema>;
export type PlugConfig = SmartPlugConfig['plugs'][number];
export type PlugConfigOf<T extends PlugConfig['type']> = Extract<PlugConfig, { type: T }>;

/** What the name becomes in topics; two plugs of one id cannot be told apart. */
function idOf(text: string): string {
  const plain = text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
  return plain
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
