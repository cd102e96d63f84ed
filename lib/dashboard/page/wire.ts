// What the page reads. Phases, verdicts and kinds of events are text: those that a newer server knows are shown as they are.

/** Who is logged in. */
export interface Session {
  readonly name: string;
  readonly scopes: readonly string[];
}

export type Weights = Readonly<Record<string, number>>;

/** A route in the list. */
export interface RouteRow {
  readonly route: string;
  readonly active: string;
  readonly weights: Weights;
  /** Of the newest rollout. */
  readonly from: string | null;
  readonly to: string | null;
  readonly phase: string | null;
}

export interface Metrics {
  readonly request_count: number;
  readonly error_rate: number | null;
  readonly latency_p50_ms: number | null;
  readonly latency_p95_ms: number | null;
  readonly latency_p99_ms: number | null;
  readonly time_to_first_token_p50_ms: number | null;
  readonly time_to_first_token_p99_ms: number | null;
  readonly cost: number;
  readonly cost_per_1000_requests?: number | null;
}

interface Environment {
  readonly display_name: string;
  readonly version: string;
  readonly model: string;
  readonly weight: number;
  readonly total: Metrics;
  readonly recent: Metrics;
}

export interface Gate {
  readonly gate: string;
  readonly verdict: string;
  readonly observed: number | null;
  readonly limit: number;
  readonly sample: { readonly canary: number; readonly baseline: number };
  readonly evidence?: { readonly value: number; readonly limit: number };
  readonly message: string;
  readonly outlook?: string;
}

interface Phase {
  readonly name: string;
  readonly step?: number;
  readonly reason?: string;
  readonly approved?: boolean;
  readonly resume_to?: Phase;
}

export interface RolloutStatus {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly phase: Phase;
  readonly steps: number;
  readonly started_at: number;
  readonly decision?: { readonly action: string; readonly reason: string; readonly gates: readonly Gate[] };
}

export interface RouteStatus {
  readonly route: string;
  readonly revision: number;
  readonly active: string;
  readonly weights: Weights;
  readonly environments: Readonly<Record<string, Environment>>;
  readonly rollout?: RolloutStatus;
}

export interface PlanStep {
  readonly setWeight: number;
  readonly duration: number;
  readonly holdConditions?: {
    readonly minSampleSize?: { readonly canary: number; readonly baseline: number };
    readonly requiresApproval?: boolean;
  };
}

interface Plan {
  readonly steps: readonly PlanStep[];
  readonly finalBakeTime: number;
}

/** An entry of the journal. */
export interface Entry {
  readonly revision: number;
  readonly at: number;
  readonly type: string;
  readonly route?: string;
  readonly actor: string;
  readonly reason: string;
  readonly weights?: Weights;
  readonly active?: string;
  readonly step?: number;
  readonly plan?: Plan;
  readonly rolloutId?: string;
  /** What the gates said when this was decided. */
  readonly evidence?: readonly Gate[];
}

type Column = readonly (number | null)[];

export interface Timeline {
  readonly at: readonly number[];
  readonly error_rate: Column;
  readonly latency_p50_ms: Column;
  readonly latency_p95_ms: Column;
  readonly latency_p99_ms: Column;
  readonly first_token_p50: Column;
  readonly first_token_p99: Column;
  readonly cost: Column;
}

export type Timelines = Readonly<Record<string, Timeline>>;

export interface Alert {
  readonly id?: string | number;
  readonly type: string;
  readonly severity?: string;
  readonly at: number;
  readonly route?: string;
  readonly message: string;
}

export interface Shadow {
  readonly environment?: string;
  readonly percentage: number;
  readonly pairs: number;
  readonly compared: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly mean_similarity: number | null;
  readonly below_threshold: number | null;
  readonly json_mismatches: number;
  readonly tool_call_mismatches: number;
  readonly spent_this_month_usd: number;
  readonly monthly_budget_usd?: number;
}
