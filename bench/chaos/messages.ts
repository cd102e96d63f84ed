import type { JournalEntry } from 'nestjs-blue-green';
import type { CompiledRoute } from '../../lib/routing/route-table.js';
import type { PlacementRecord } from './history.js';

/** How a replica is started. */
export interface ReplicaSettings {
  /** A URL, or `file`. */
  readonly redis?: string | undefined;
  readonly file?: string | undefined;
  /** The owner of the journal. */
  readonly app: string;
  /** Base URLs by environment. */
  readonly providers: Readonly<Record<string, string>>;
  /** US dollars of the metered route. */
  readonly budget: number;
  /** Milliseconds by which its wall clock is wrong. */
  readonly clockOffset: number;
}

export type Command =
  | { readonly kind: 'start' | 'rollback' | 'promote' | 'pause' | 'resume'; readonly reason: string }
  | { readonly kind: 'weights'; readonly green: number; readonly reason: string };

/** An order to a replica. `n` comes back with the answer. */
export type Order =
  | { readonly do: 'command'; readonly n: number; readonly route: string; readonly command: Command }
  | { readonly do: 'look'; readonly n: number }
  | { readonly do: 'booked'; readonly n: number; readonly route: string }
  | { readonly do: 'clock'; readonly offset: number };

/** A message of a replica. Times are milliseconds on the machine's clock. */
export type News =
  | { readonly is: 'ready'; readonly url: string }
  | { readonly is: 'entry'; readonly entry: JournalEntry; readonly at: number }
  | { readonly is: 'placed'; readonly placement: Omit<PlacementRecord, 'replica' | 'life'> }
  | { readonly is: 'look'; readonly n?: number; readonly look: Look }
  | { readonly is: 'answer'; readonly n: number; readonly outcome: string; readonly figure?: number };

/** The knowledge of this process calls for a rollback. */
export interface Due {
  readonly environment: string;
  readonly epoch: number;
}

export interface Look {
  readonly at: number;
  readonly revision: number;
  readonly routes: readonly CompiledRoute[];
  /** The canary that is being tried, by route. */
  readonly trials: Readonly<Record<string, string>>;
  /** The environments whose figures call for a rollback, with their epoch, by route. */
  readonly due: Readonly<Record<string, Due>>;
}
