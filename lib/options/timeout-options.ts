import { z } from 'zod';
import { wait, type Duration } from '../validation/duration.js';
import { layerOf } from './layers.js';

/** How long to wait for a provider. */
export interface TimeoutOptions {
  /** For a TCP and TLS connection. Default `'5s'`. */
  connect?: Duration | undefined;
  /** For the first token of a stream. Default `'10s'`. */
  firstToken?: Duration | undefined;
  /** Between two chunks of a stream. Default `'15s'`. */
  idle?: Duration | undefined;
  /** For a whole JSON answer, per attempt. Default `'30s'`. */
  total?: Duration | undefined;
  /**
   * For a whole stream. Time spent waiting for the caller does not count; it has a limit of the same length. Default
   * `'10m'`.
   */
  streamTotal?: Duration | undefined;
}

export const timeouts = z.strictObject({
  connect: wait.prefault('5s'),
  firstToken: wait.prefault('10s'),
  idle: wait.prefault('15s'),
  total: wait.prefault('30s'),
  streamTotal: wait.prefault('10m'),
});

export const timeoutLayer = layerOf(timeouts);
