import type { GateResult } from '../domain/events.js';
import type { JsonObject } from '../kit/json.js';

/** `critical`: callers may notice. `warning`: somebody should look. `info`: for the record. */
export type AlertSeverity = 'info' | 'warning' | 'critical';

/** Stable names: rules in webhooks and pagers rely on them. */
export const ALERT_TYPES = [
  'rollout_started',
  'rollout_paused',
  'rollout_succeeded',
  'rollback',
  'local_rollback',
  'split_failing',
  'outage',
  'spend',
  'response_drift',
  'no_mirrors',
  'shadow_budget',
  'model_drift',
  'journal_unavailable',
  'custom',
] as const;
export type AlertType = (typeof ALERT_TYPES)[number];

/** A message to people. Contains no prompt, no answer, no key. */
export interface Alert {
  /** The same on all replicas for the same event. */
  readonly id: string;
  readonly type: AlertType;
  readonly severity: AlertSeverity;
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
  readonly route?: string | undefined;
  /** The person, name of a key, or `system` that caused it. */
  readonly actor?: string | undefined;
  /** One sentence for people. */
  readonly message: string;
  /** The figures that a decision was taken on. */
  readonly evidence?: readonly GateResult[] | undefined;
  /** Only `custom`: what its author wrote beside the message. */
  readonly metadata?: JsonObject | undefined;
}
