import { z } from 'zod';
import { wait, type Duration } from '../validation/duration.js';
import { layerOf } from './layers.js';

/** How long to wait for a provider. */
export interface TimeoutOptions {
  /** For a TCP and TLS connection. Default `'5s'`. */
  connect?: Duration | undefined;
  /** For the first sign of life of a stream: any byte of its body. Default `'30s'`. */
  firstToken?: Duration | undefined;
  /** Between two signs of life of a stream. Default `'5m'`: models that think say nothing for minutes. */
  idle?: Duration | undefined;
  /** For a whole JSON answer, per attempt. Default `'10m'`. */
  total?: Duration | undefined;
  /**
   * For a whole stream. Time spent waiting for the caller does not count; it has a limit of the same length. Default
   * `'30m'`.
   */
  streamTotal?: Duration | undefined;
}

export const timeouts = z.strictObject({
  connect: wait.prefault('5s'),
  firstToken: wait.prefault('30s'),
  idle: wait.prefault('5m'),
  total: wait.prefault('10m'),
  streamTotal: wait.prefault('30m'),
});

export const timeoutLayer = layerOf(timeouts);
