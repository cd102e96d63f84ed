import type { ManyRoutesOptions } from '../../options/blue-green-options.js';
import type { ServeSettings } from '../announce.js';

/** All that a worker needs to begin. */
export interface WorkerStart {
  readonly worker: number;
  readonly isHome: boolean;
  readonly options: ManyRoutesOptions;
  readonly settings: ServeSettings;
}

/** An error on its way to the primary, which reports it. */
export interface WorkerFailure {
  readonly exitCode: number | undefined;
  readonly code: string | undefined;
  readonly message: string;
  readonly remedy: string;
}

/** The primary offers it to each worker as `group`. */
export interface WorkerPart {
  begin(): Promise<WorkerStart>;
  /** It takes calls. */
  ready(url: string): Promise<void>;
  /** It could not start, and ends. */
  failed(failure: WorkerFailure): Promise<void>;
  /** The metrics of all workers, for Prometheus. */
  expositions(): Promise<string>;
}
