import type { Rule } from './check.js';

/** Another app that is configured for the same journal does not start. */
export const intruders: Rule = ({ intruders: tries = [] }) => ({
  looked: tries.length,
  violations: tries.filter(({ hasStarted }) => hasStarted).map(({ at }) => `another app has started at ${at}`),
});
