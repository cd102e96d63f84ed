// The module
export { BlueGreenModule } from './blue-green.module.js';
export {
  BLUE_GREEN_OPTIONS,
  type BlueGreenExtras,
  type DashboardMount,
  type Mount,
} from './blue-green.module-definition.js';
export type { BlueGreenOptions, ManyRoutesOptions, OneRouteOptions } from './options/blue-green-options.js';
export type { EnvironmentOptions } from './options/environment-options.js';
export type { RouteOptions } from './options/route-options.js';
export { CLOCK, JOURNAL, RANDOM } from './tokens.js';
export { systemClock, type Clock, type Random } from './kit/clock.js';

// Routing
export { TrafficSplitGuard } from './routing/traffic-split.guard.js';
export { Assigned, Route } from './routing/route.decorator.js';
export { TrafficSplitter, type AssignmentHints } from './routing/traffic-splitter.js';
export { RequestAssigner } from './routing/request-assigner.js';
export type { Assignment, AssignmentReason } from './routing/assignment.js';
export type { HttpRequest, MayForce } from './routing/routing.options.js';
export { normalizeWeights, type Weights } from './domain/weights.js';
export type {
  Capabilities,
  RegisteredVersion,
  Version,
  VersionParameters,
  VersionSystemPrompt,
  VersionTemplate,
} from './domain/version.js';

// Sending
export { LlmRouterService } from './router/llm-router.service.js';
export { ChatStream } from './router/chat-stream.js';
export type { CallOptions, ChatChunk, ChatCompletion, ChatMessage, ChatRequest, ChatResult } from './router/chat.js';
export type { CallReport } from './router/call.js';
export type { FailureClass, Outcome } from './domain/outcome.js';
export type { Usage } from './domain/usage.js';

// Shadow traffic
export { ShadowService } from './shadow/shadow.service.js';
export type { ShadowAlert } from './shadow/shadow-alert.js';
export type { ShadowContent, ShedReason } from './shadow/shadow-policy.js';
export type { ShadowReport } from './shadow/shadow-report.js';
export type { Comparison, ShadowPair, ShadowSide } from './telemetry/shadow-pair.js';
export type { ShadowSideSummary, ShadowSummary } from './telemetry/shadow-tally.js';

// Money
export { BudgetService, type BudgetStatus } from './money/budget.service.js';
export type { SpendAlert } from './money/spend-alert.js';
export type { CostFigures, CostReport, EnvironmentCost } from './money/cost-report.js';

// Rollouts
export { RolloutService, type RollbackOptions } from './rollout/rollout.service.js';
export type { StartOptions } from './rollout/rollout-starter.js';
export { VersionService } from './rollout/version.service.js';
export { CANARY_JOB } from './rollout/canary-scheduler.js';
export type { CommandInfo } from './rollout/command-bus.js';
export { PreflightError, PreflightService } from './rollout/preflight.service.js';
export type { IncrementsInput, RolloutInput, StepInput } from './schedule/rollout-input.js';
export type { EnvironmentStatus, Metrics, RolloutStatus, RouteStatus } from './rollout/route-status.js';
export type { Decision } from './analysis/decide.js';
export type {
  Gate,
  GateRole,
  OnFail,
  OnInconclusive,
  RolloutPlan,
  ScheduleWindow,
  ShadowStage,
  Step,
  WarmUpPlan,
} from './domain/plan.js';
export type { GateInput } from './analysis/gates/gates.js';
export type { CeilingGate } from './analysis/gates/ceiling.js';
export type { ExceedanceGate } from './analysis/gates/exceedance.js';
export type { FailureRatioGate } from './analysis/gates/failure-ratio.js';
export type { MeanGate } from './analysis/gates/mean.js';
export type { ScoreGate } from './analysis/gates/score.js';
export type { ThresholdGate } from './analysis/gates/threshold.js';
export type { AutomaticPause, EnvironmentState, PauseReason, Phase, Rollout, RouteState } from './domain/state.js';
export type { PreflightCheck, PreflightRecord, PreflightReport, WarmUpReport } from './domain/readiness.js';

// Scoring answers
export type { Evaluate, EvaluatorTools, Exchange } from './evaluation/evaluator.js';
export { brokenToolCall } from './evaluation/faults/broken-tool-call.js';
export { cutOff } from './evaluation/faults/cut-off.js';
export { refusal } from './evaluation/faults/refusal.js';
export { schemaMismatch } from './evaluation/faults/schema-mismatch.js';
export { judge, type Judge, type JudgeOptions } from './evaluation/judge.js';
export type { ToolCall } from './router/tool-calls.js';
export { EvaluationService, type EvaluatorStatus } from './evaluation/evaluation.service.js';

// Records
export type { BlueGreenEvent, GateResult, JournalEntry, JournalRecord, Provenance } from './domain/events.js';
export type { Journal } from './journal/journal.js';
export { FileJournal, type FileJournalOptions } from './journal/file-journal.js';
export { JournalLockedError } from './journal/file-lock.js';
export { JournalDamagedError } from './journal/journal-damage.js';
export { MemoryJournal } from './journal/memory-journal.js';
export { AlertService, type AlertQuery } from './records/alert.service.js';
export type { Alert, AlertSeverity, AlertType } from './records/alert.js';
export { RequestLog, type RequestQuery, type RequestRecord } from './records/request-log.js';

// Measuring
export { Telemetry } from './telemetry/telemetry.js';
export type { Evidence } from './telemetry/arm.js';
export type { Distribution } from './domain/figures.js';
export type { Summary } from './telemetry/summary.js';
export type { ModelDrift, Observation, Verdict } from './telemetry/observation.js';
export type { MetricsRegistry } from './metrics/metric.js';
export type { PrometheusMount } from './metrics/prometheus-mount.js';
export type { Price, PriceTable } from './money/price-table.js';

// Health
export { BlueGreenHealthIndicator } from './health/blue-green.health.js';

// Errors
export { BlueGreenExceptionFilter } from './http/blue-green-exception.filter.js';
export {
  BlueGreenError,
  InvalidWeightsError,
  RevisionConflictError,
  RolloutStateError,
  UnknownEnvironmentError,
  UnknownRouteError,
} from './domain/errors.js';
export { EnvironmentForbiddenError, RoutePolicyError } from './routing/route-policy.js';
export { RouteNotNamedError } from './routing/request-assigner.js';
export type { Attempt } from './router/attempts.js';
export { UpstreamError } from './router/upstream-error.js';
export { InsufficientScopeError, InvalidKeyError } from './http/keys/scope.guard.js';
export { TooManyRequestsError } from './http/keys/too-many-requests.js';
export { CrossSiteError } from './http/keys/sessions.js';
export { ImportedTwiceError, NoSchedulerError } from './rollout/scheduler-errors.js';
export { OptionsError, ValidationError, type Problem } from './validation/validation-error.js';
