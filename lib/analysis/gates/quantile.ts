import { z } from 'zod';

/** Which quantile of the times, e.g. 0.99. Left out: with `max` their mean, with `tolerance` 0.95. */
export const quantile = z.number().gt(0).lt(1).optional();
