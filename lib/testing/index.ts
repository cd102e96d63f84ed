// The upstream
export { FakeUpstream, type FakeUpstreamOptions } from './fake-upstream.js';
export type { Behaviour, SeenRequest } from './behaviour.js';
export { answer, cutAfter, delayed, fail, hang, hangUp, type AnswerParts } from './behaviours.js';

// Time
export { FakeClock } from './fake-clock.js';

// Decisions
export { RolloutDriver, type TrafficResult } from './rollout-driver.js';
export { TestingError } from './testing-error.js';
