import { z } from 'zod';

/** The name of the whole deployment. `rollback --environment` may use it for all environments of a route together. */
export const deployment = z.string().min(1).max(64).default('production');
