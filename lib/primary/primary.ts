import type { Channel } from './channel.js';

/** The primary process of `serve --workers`, as one of its workers sees it. */
export interface Primary {
  readonly channel: Channel;
  /** Number of this worker, from 1. One that is started again keeps it. */
  readonly worker: number;
  /** The primary keeps the journal and all that workers share. Otherwise Redis does. */
  readonly isHome: boolean;
}

/** The channel to the process that keeps what workers share; `undefined` where that is Redis or this process. */
export function homeOf(primary: Primary | undefined): Channel | undefined {
  return primary?.isHome === true ? primary.channel : undefined;
}
