/** How long an upstream may take. All in milliseconds. */
export interface Timeouts {
  /** To a TCP and TLS connection. Default 5 s. */
  readonly connect: number;
  /** To the first token of a stream. Default 10 s. */
  readonly firstToken: number;
  /** Between two chunks of a stream. Default 15 s. */
  readonly idle: number;
  /** To a whole JSON answer. Default 30 s. */
  readonly total: number;
  /** To the end of a stream, without the time that it waits for the caller; that may be as long again. Default 10 min. */
  readonly streamTotal: number;
}
