import { z } from 'zod';

/** A request is good when it meets every bound given. */
export const sloSchema = z.strictObject({
  ttftMs: z.number().gt(0).optional(),
  tpotMs: z.number().gt(0).optional(),
  e2eMs: z.number().gt(0).optional(),
});
