import { Logger } from '@nestjs/common';
import type { BlueGreenExtras } from '../blue-green.module-definition.js';
import type { ManyRoutesOptions } from '../options/blue-green-options.js';

export interface ServeSettings {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  /** The dashboard and its path. Off by default. */
  readonly dashboard: BlueGreenExtras['dashboard'];
  /** Print the address as JSON. */
  readonly json: boolean;
  /** The key that was made for this run, if one was. Shown once, on stderr; a log or a document would keep it. */
  readonly madeKey?: string | undefined;
}

/** Says where it listens: people learn it from the log, programs from a document on stdout. */
export function announce(
  url: string,
  { routes }: ManyRoutesOptions,
  { madeKey, json }: ServeSettings,
  workers?: number,
): void {
  if (madeKey !== undefined) tellMadeKey(madeKey, json);
  const names = Object.keys(routes);
  if (json) process.stdout.write(`${JSON.stringify({ url, routes: names, workers })}\n`);
  else {
    const many = workers === undefined ? '' : ` with ${workers} workers`;
    new Logger('blue-green').log(`Listening on ${url}${many}, routes: ${names.join(', ')}`);
  }
}

function tellMadeKey(key: string, json: boolean): void {
  if (json) {
    const why = 'The configuration has no keys, and --json shows none: every call will be refused. Add keys to it.';
    new Logger('blue-green').warn(why);
  } else {
    process.stderr.write(
      `No keys are configured. This one opens everything until the process ends:\nBLUE_GREEN_KEY=${key}\n`,
    );
  }
}
