import { idleEnvironment, type RouteSettings, type RouteState } from '../../domain/state.js';
import type { RolloutInput } from '../../schedule/rollout-input.js';
import { scheduleOf } from '../../rollout/traffic-shift.js';
import type { Policy, Traffic } from './traffic.schema.js';

/** A strategy replaces the one before it. */
export function settingsUnder(strategy: string, share: number): RouteSettings {
  return {
    strategy: strategy === 'sticky' || strategy === 'weighted' ? strategy : undefined,
    shadowPercentage: strategy === 'shadow' ? share : undefined,
  };
}

/** The schedule of a shift, from the present weight of its target. */
export function shiftOf(shift: NonNullable<Policy['traffic_shift']>, route: RouteState): RolloutInput {
  const to = idleEnvironment(route);
  const { error_rate, latency_p99_ms, p99_difference_ms } = shift.validation_threshold;
  return scheduleOf(
    {
      increment: shift.increment,
      interval: shift.interval_seconds * 1000,
      errorRate: error_rate,
      latencyP99: latency_p99_ms,
      p99Difference: p99_difference_ms,
    },
    to === undefined ? 0 : (route.weights[to] ?? 0),
  );
}

/** The settings in a body; fields that it omits stay as they are. */
export function settingsOf({
  sticky_sessions: sticky,
  health_check: check,
  shadow_percentage: shadowPercentage,
}: Traffic): RouteSettings {
  return {
    ...(shadowPercentage !== undefined && { shadowPercentage }),
    ...(sticky && {
      // A sticky cookie implies the sticky strategy.
      ...(sticky.enabled && { strategy: 'sticky' as const }),
      stickySessions: { enabled: sticky.enabled, cookieName: sticky.cookie_name, ttl: sticky.ttl_seconds * 1000 },
    }),
    ...(check && {
      healthCheck: {
        enabled: check.enabled,
        autoRollback: check.auto_rollback,
        ...(check.error_rate_threshold === undefined ? {} : { errorRate: check.error_rate_threshold }),
        ...(check.latency_p99_threshold_ms === undefined ? {} : { latencyP99: check.latency_p99_threshold_ms }),
      },
    }),
  };
}
