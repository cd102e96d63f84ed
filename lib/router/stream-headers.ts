/**
 * Of every stream of events. Proxies and middleware in front of the app must neither keep it back nor compress it:
 * `no-transform` is what compression goes by, `X-Accel-Buffering` what nginx goes by.
 */
export const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const;
