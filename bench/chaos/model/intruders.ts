import type { Rule } from './check.js';

/** Another app that is configured for the same journal does not start, unless Redis has lost whose that is. */
export const intruders: Rule = ({ intruders: all = [], emptied = [] }) => {
  const tries = all.filter(({ at }) => !emptied.some(({ from, to }) => at >= from && at <= to));
  return {
    looked: tries.length,
    violations: tries.filter(({ hasStarted }) => hasStarted).map(({ at }) => `another app has started at ${at}`),
  };
};
