import type { OutageNotice } from '../telemetry/outages.js';
import type { Alert } from './alert.js';

/** Milliseconds in which replicas report the same outage once: they notice it at about the same time. */
const EVERY = 60_000;

/** @param fallback the environments that are asked instead. Without any, callers get errors. */
export function outageAlert(notice: OutageNotice, fallback: readonly string[]): Alert {
  const { route, environment, at, failures, failure } = notice;
  const others = fallback.filter((name) => name !== environment).map((name) => `"${name}"`);
  const instead =
    others.length > 0 ? `Calls fall back to ${others.join(', ')}.` : 'Callers get errors: nobody is left.';
  const what = `${failures} requests in a row have failed in ${secondsOf(notice)} s, the last one by ${failure}`;
  return {
    id: `outage:${route}:${environment}:${Math.floor(at / EVERY)}`,
    type: 'outage',
    severity: others.length > 0 ? 'warning' : 'critical',
    at,
    route,
    message: `${subject(notice)} answers nobody: ${what}. ${instead}`,
  };
}

export function outageOver(notice: OutageNotice): string {
  return `${subject(notice)} answers again, after ${secondsOf(notice)} s and ${notice.failures} failed requests.`;
}

function subject({ route, environment }: OutageNotice): string {
  return `Route "${route}": the live environment "${environment}"`;
}

function secondsOf({ lasted }: OutageNotice): number {
  return Math.round(lasted / 1_000);
}
