import type { GateResult } from '../domain/events.js';

/** What somebody should know. `critical`: callers may notice. `warning`: somebody should look. `info`: for the record. */
export type AlertSeverity = 'info' | 'warning' | 'critical';

/** Stable names: routing rules of webhooks and pagers go by them. */
export const ALERT_TYPES = [
  'rollout_started',
  'rollout_paused',
  'rollout_succeeded',
  'rollback',
  'split_failing',
  'spend',
  'response_drift',
  'no_mirrors',
  'shadow_budget',
  'model_drift',
  'journal_unavailable',
] as const;
export type AlertType = (typeof ALERT_TYPES)[number];

/** Something that people are told of. Holds no prompt, no answer, no key. */
export interface Alert {
  /** The same for the same occurrence on all replicas. */
  readonly id: string;
  readonly type: AlertType;
  readonly severity: AlertSeverity;
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
  readonly route?: string | undefined;
  /** Who brought it about: a person, a key's name, or `system`. */
  readonly actor?: string | undefined;
  /** One sentence for people. */
  readonly message: string;
  /** The figures that a decision was taken on. */
  readonly evidence?: readonly GateResult[] | undefined;
}
