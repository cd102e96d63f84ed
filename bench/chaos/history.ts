import type { JournalEntry, Observation } from 'nestjs-blue-green';
import type { CompiledRoute } from '../../lib/routing/route-table.js';
import type { Due } from './messages.js';

/**
 * The record of one fleet during a run. Times are milliseconds on the machine's clock, the same in every process.
 */
export interface History {
  /** The journal as it stands at the end, read past the replicas. */
  readonly entries: readonly JournalEntry[];
  readonly calls: readonly CallRecord[];
  readonly placements: readonly PlacementRecord[];
  /** Entries as replicas took them in. */
  readonly news: readonly NewsRecord[];
  readonly commands: readonly CommandRecord[];
  /** The tables that replicas routed by, as they were looked at. */
  readonly looks: readonly LookRecord[];
  readonly lives: readonly Life[];
  readonly away: readonly Away[];
  /** The charge of the provider, whatever became of the answer. */
  readonly bills: readonly Bill[];
  /** When Redis was emptied, from shortly before until the replicas had told it what they knew. */
  readonly emptied?: readonly { readonly from: number; readonly to: number }[] | undefined;
  /** Tries of another app to start on the same journal. */
  readonly intruders?: readonly { readonly at: number; readonly hasStarted: boolean }[] | undefined;
  /** Route with a budget. */
  readonly budget?: { readonly route: string; readonly limit: number; readonly booked: number } | undefined;
  readonly limits: Limits;
}

/** Allowances, in milliseconds. */
export interface Limits {
  /** From an entry to the last replica that routes by it, while all of them are connected. */
  readonly propagation: number;
  /** From the end of a disturbance to a replica that is connected and has caught up. */
  readonly recovery: number;
  /** `maxStaleness` of the replicas. */
  readonly maxStaleness: number;
  /** Until a replica has noticed that it hears nothing any more, and has looked how long. */
  readonly detection: number;
  /** From the end of a call to its cost in Redis. */
  readonly settling: number;
}

/** One caller, judged by the bytes that came. */
export interface CallRecord {
  /** Request id. */
  readonly id: string;
  readonly replica: string;
  readonly route: string;
  /** Sticky key. */
  readonly user: string;
  readonly at: number;
  readonly endedAt: number;
  /** The caller closed the connection on purpose. */
  readonly left: boolean;
  /** As in the table of the faults benchmark. */
  readonly kind: 'answer' | 'error' | 'error event' | 'truncated' | 'broken' | 'unreadable' | 'hang';
  /** Of an error. */
  readonly code?: string | undefined;
  /** The fault of an answer that calls itself whole. */
  readonly problem?: string | undefined;
  /** The environment that answered, as the headers say. */
  readonly environment?: string | undefined;
  readonly version?: string | undefined;
}

/** A replica's word on a request that it has served. */
export type PlacementRecord = Pick<
  Observation,
  'requestId' | 'route' | 'environment' | 'version' | 'unit' | 'epoch' | 'segment' | 'offSplit' | 'callerOutcome'
> & {
  readonly replica: string;
  readonly life: string;
  /** When it came in. */
  readonly at: number;
};

export interface NewsRecord {
  readonly replica: string;
  readonly life: string;
  readonly at: number;
  readonly entry: JournalEntry;
}

export interface CommandRecord {
  /** Goes into the journal as the reason: each command has one of its own. */
  readonly reason: string;
  readonly kind: string;
  readonly replica: string;
  readonly at: number;
  readonly endedAt: number;
  /** `done`; the code of a refusal; `unknown` when its replica died before it answered. */
  readonly outcome: string;
  /** Given when all was well again: has to be obeyed. */
  readonly isLast?: boolean | undefined;
}

export interface LookRecord {
  readonly replica: string;
  readonly life: string;
  readonly at: number;
  readonly revision: number;
  readonly routes: readonly CompiledRoute[];
  /** Where the figures that it had called for a rollback. */
  readonly due?: Readonly<Record<string, Due>> | undefined;
  /** Taken at the end, when everything was well again. */
  readonly final?: boolean | undefined;
}

/** One process of a replica, from when it was ready to its end. */
export interface Life {
  readonly replica: string;
  readonly life: string;
  readonly from: number;
  /** Killed then; `undefined` while it lives. */
  readonly to?: number | undefined;
  /** Nobody has killed it. */
  readonly hasCrashed?: boolean | undefined;
}

/** A stretch of time in which a replica could not talk to Redis. */
export interface Away {
  readonly replica: string;
  readonly from: number;
  readonly to: number;
  /** The process itself stood still, and its clocks with it. */
  readonly frozen?: boolean | undefined;
}

export interface Bill {
  /** Request id. */
  readonly id: string;
  readonly at: number;
  /** US dollars. */
  readonly amount: number;
}
