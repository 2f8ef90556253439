import * as z from 'zod';

/** What is sent about a change of the organisation; an alert's fields are in `update`, or beside `entity`. */
export const changeSchema = z.looseObject({
  entity: z.string(),
  entityUuid: z.string().nullish(),
  type: z.enum(['CREATE', 'UPDATE', 'DELETE']),
  deviceUuid: z.string().nullish(),
  update: z.looseObject({}).nullish(),
});
export type WireChange = z.output<typeof changeSchema>;
