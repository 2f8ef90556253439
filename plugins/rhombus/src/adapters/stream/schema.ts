import * as z from 'zod';

const id = z.string().nullish().catch(undefined);

/** What is sent about a change of the organisation; an alert's fields are in `update`, or beside `entity`. */
export const changeSchema = z.looseObject({
  entity: z.string(),
  entityUuid: id,
  type: z.enum(['CREATE', 'UPDATE', 'DELETE']),
  deviceUuid: id,
  update: z.looseObject({}).nullish().catch(undefined),
});
