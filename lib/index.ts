// The module and its options
export { BlueGreenModule } from './blue-green.module.js';
export type { BlueGreenExtras } from './blue-green.module-definition.js';
export { defineBlueGreen, type BlueGreenOptionsFactory } from './define-blue-green.js';
export type { BlueGreenOptions } from './options/blue-green-options.js';
export { blueGreenSchema, type BlueGreenSchema } from './options/standard-schema.js';
export type { EnvironmentOptions } from './options/environment-options.js';
export type { RouteOptions } from './options/route-options.js';
export type { RolloutInput, StepInput } from './schedule/rollout-input.js';
export type { GateInput } from './analysis/gates/gates.js';
export type { HttpRequest, MayForce } from './routing/routing.options.js';
export type { ShadowContent } from './shadow/shadow-policy.js';
export type { RedisConnection, RedisOptions } from './redis/redis-connection.js';

// To override in tests
export { CLOCK, JOURNAL, RANDOM } from './tokens.js';
export { systemClock, type Clock, type Random } from './kit/clock.js';
export type { Journal } from './journal/journal.js';
export { MemoryJournal } from './journal/memory-journal.js';

// Routing
export { TrafficSplitGuard } from './routing/traffic-split.guard.js';
export { Assigned, Route } from './routing/route.decorator.js';
export { TrafficSplitter, type AssignmentHints } from './routing/traffic-splitter.js';
export { RequestAssigner } from './routing/request-assigner.js';
export type { Assignment } from './routing/assignment.js';
export { normalizeWeights, type Weights } from './domain/weights.js';

// Calls
export { LlmRouterService } from './router/llm-router.service.js';
export { ChatStream } from './router/chat-stream.js';
export type { RoutedEmbeddingModel } from './router/routed-embeddings.js';
export type { RoutedLanguageModel } from './router/routed-model.js';
export type { EmbeddingModelObject } from './translate/embeddings.js';
export type { LanguageModelObject } from './translate/model.js';
export type { CallOptions, ChatChunk, ChatCompletion, ChatMessage, ChatRequest, ChatResult } from './router/chat.js';
export type { ToolCall } from './router/tool-calls.js';
export type { CallReport } from './router/call-report.js';
export type { CallWarning } from './upstream/call-warning.js';
export type { FailureClass, Outcome } from './domain/outcome.js';
export type { Usage } from './domain/usage.js';

// Versions and rollouts
export { VersionService } from './rollout/version.service.js';
export type { Capabilities, RegisteredVersion, Version, VersionTemplate } from './domain/version.js';
export { RolloutService, type RollbackOptions } from './rollout/rollout.service.js';
export type { StartOptions } from './rollout/rollout-starter.js';
export type { CommandInfo } from './rollout/command-bus.js';
export { CANARY_JOB } from './rollout/canary-scheduler.js';
export { PreflightError, PreflightService } from './rollout/preflight.service.js';
export type { PreflightReport } from './domain/readiness.js';
export type { EnvironmentStatus, RolloutStatus, RouteStatus } from './rollout/route-status.js';
export type { Decision } from './analysis/decide.js';
export type { RolloutPlan } from './domain/plan.js';
export type { PauseReason, Phase, Rollout, RouteState } from './domain/state.js';

// Shadow traffic
export { ShadowService } from './shadow/shadow.service.js';
export type { ShadowAlert } from './shadow/shadow-alert.js';
export type { ShadowReport } from './shadow/shadow-report.js';
export type { ShadowPair } from './telemetry/shadow-pair.js';

// Scores of answers
export { EvaluationService, type EvaluatorStatus } from './evaluation/evaluation.service.js';
export { FeedbackService } from './evaluation/feedback.service.js';
export { NotYourAnswerError, UnknownAnswerError, UnknownEvaluatorError } from './evaluation/feedback-errors.js';
export type { FeedbackReceipt, FeedbackStatus, Scored } from './telemetry/answered.js';
export type { Evaluate, Exchange } from './evaluation/evaluator.js';
export { brokenToolCall } from './evaluation/faults/broken-tool-call.js';
export { cutOff } from './evaluation/faults/cut-off.js';
export { refusal } from './evaluation/faults/refusal.js';
export { schemaMismatch } from './evaluation/faults/schema-mismatch.js';
export { judge, type JudgeOptions } from './evaluation/judge.js';

// Money
export { BudgetService, type BudgetStatus } from './money/budget.service.js';
export type { SpendAlert } from './money/spend-alert.js';
export type { CostReport } from './money/cost-report.js';

// Figures and health
export { Telemetry } from './telemetry/telemetry.js';
export type { Evidence } from './telemetry/arm.js';
export type { Observation, Verdict } from './telemetry/observation.js';
export { BlueGreenHealthIndicator } from './health/blue-green.health.js';

// Records
export type { BlueGreenEvent, JournalEntry, JournalRecord } from './domain/events.js';
export { AlertService } from './records/alert.service.js';
export type { Alert, AlertType } from './records/alert.js';
export { RequestLog, type RequestRecord } from './records/request-log.js';

// Errors
export { BlueGreenExceptionFilter } from './http/blue-green-exception.filter.js';
export {
  BlueGreenError,
  InvalidWeightsError,
  RevisionConflictError,
  RevertedVersionError,
  RolloutStateError,
  UnknownEnvironmentError,
  UnknownRouteError,
} from './domain/errors.js';
export { EnvironmentForbiddenError, RoutePolicyError } from './routing/route-policy.js';
export { RouteNotNamedError } from './routing/request-assigner.js';
export { UpstreamError } from './router/upstream-error.js';
export type { Attempt } from './router/attempts.js';
export { InsufficientScopeError, InvalidKeyError } from './http/keys/key-gate.js';
export { TooManyRequestsError } from './http/keys/too-many-requests.js';
export { CrossSiteError } from './http/keys/sessions.js';
export { JournalLockedError } from './journal/file-lock.js';
export { JournalDamagedError } from './journal/journal-damage.js';
export { ImportedTwiceError, NoSchedulerError } from './rollout/scheduler-errors.js';
export { OptionsError, ValidationError, type Problem } from './validation/validation-error.js';
