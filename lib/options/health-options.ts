import { z } from 'zod';
import { wait, type Duration } from '../validation/duration.js';

/** How environments are probed for `/health` and readiness. */
export interface HealthInput {
  /**
   * An environment is probed at most this often, and not at all while live traffic shows how it is. Default `'30s'`.
   */
  interval?: Duration | undefined;
  /** Longest wait for a probe. Default `'3s'`. */
  timeout?: Duration | undefined;
}

export const health = z
  .strictObject({
    interval: wait.prefault('30s'),
    timeout: wait.prefault('3s'),
  })
  .prefault({});
