import type { RouteSettings } from '../../domain/route-settings.js';
import type { TrafficShift } from '../../rollout/traffic-shift.js';
import { defined } from '../../kit/defined.js';
import type { Policy, Shadow, Traffic } from './traffic.schema.js';

/** A strategy replaces the one before it. */
export function settingsUnder(strategy: string, share: number): RouteSettings {
  return {
    strategy: strategy === 'sticky' || strategy === 'weighted' ? strategy : undefined,
    shadowPercentage: strategy === 'shadow' ? share : undefined,
  };
}

/** How mirrors are compared and streams are buffered from now on. */
export function comparisonOf({ responseComparison, streaming, ...own }: NonNullable<Shadow> = {}): RouteSettings {
  return defined({ ...own, ...defined(responseComparison), bufferThreshold: streaming?.bufferThreshold });
}

/** A shift as the body has it. */
export function shiftOf({
  increment,
  interval_seconds,
  validation_threshold: { error_rate: errorRate, latency_p99_ms: latencyP99, p99_difference_ms: p99Difference },
}: NonNullable<Policy['traffic_shift']>): TrafficShift {
  return { increment, interval: interval_seconds * 1000, errorRate, latencyP99, p99Difference };
}

/** The settings in a body; fields that it omits stay as they are. */
export function settingsOf({
  sticky_sessions: sticky,
  health_check: check,
  shadow_percentage: shadowPercentage,
  shadow,
}: Traffic): RouteSettings {
  return {
    ...comparisonOf(shadow),
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
