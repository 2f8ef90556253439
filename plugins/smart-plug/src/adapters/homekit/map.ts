import type * as z from 'zod';
import type { accessoriesSchema } from './schema.ts';

/** Short forms of the types, as HAP numbers them. Plugs come as outlets or as switches. */
const powered = ['47', '49'];
const on = '25';
const information = '3E';
const facts = { manufacturer: '20', model: '21', serial: '30', firmware: '52' } as const;

type Accessories = z.output<typeof accessoriesSchema>['accessories'];

/** `aid.iid` of the first outlet's or switch's "on"; undefined when it has none. */
export function findOn(accessories: Accessories): string | undefined {
  for (const wanted of powered) {
    for (const { aid, services } of accessories) {
      const service = services.find(({ type }) => isType(type, wanted));
      const found = service?.characteristics.find(({ type }) => isType(type, on));
      if (found) return `${aid}.${found.iid}`;
    }
  }
  return undefined;
}

export function findIdentity(accessories: Accessories): { [key in keyof typeof facts]?: string } {
  const service = accessories[0]?.services.find(({ type }) => isType(type, information));
  return Object.fromEntries(
    Object.entries(facts).flatMap(([key, wanted]) => {
      const value = service?.characteristics.find(({ type }) => isType(type, wanted))?.value;
      return typeof value === 'string' && value !== '' ? [[key, value]] : [];
    }),
  );
}

/** Types come short (`47`) or whole (`00000047-0000-…`). */
function isType(type: string, wanted: string): boolean {
  return type.split('-')[0]?.replace(/^0+/, '').toUpperCase() === wanted;
}
