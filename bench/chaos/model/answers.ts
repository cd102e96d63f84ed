import type { CallRecord, History } from '../history.js';
import type { Rule } from './check.js';

/** A process that is being killed may break what it has in hand a little before its end is recorded. */
const SLACK = 250;

/**
 * Every caller got a whole answer or a typed error. A connection may break without a word only when the process at
 * its other end was killed, or the caller left; and no process ends by itself.
 */
export const answers: Rule = ({ calls, lives }) => ({
  looked: calls.length,
  violations: [
    ...lives.filter(({ hasCrashed }) => hasCrashed).map(({ life }) => `${life} has ended by itself`),
    ...calls.flatMap((call) => {
      const problem = problemOf(call, lives);
      return problem === undefined ? [] : [`${call.id} on ${call.replica}: ${problem}`];
    }),
  ],
});

function problemOf(call: CallRecord, lives: History['lives']): string | undefined {
  switch (call.kind) {
    case 'answer':
      return call.problem;
    case 'error':
    case 'error event':
      return call.code ? undefined : `${call.kind} without a code`;
    case 'truncated':
    case 'unreadable':
      return call.left ? undefined : `${call.kind}${call.problem === undefined ? '' : `: ${call.problem}`}`;
    case 'broken':
      return call.left || !wasAlive(call, lives) ? undefined : 'the connection broke, and its process lived on';
    case 'hang':
      return wasAlive(call, lives) ? 'nothing came, for too long' : undefined;
  }
}

function wasAlive({ replica, at, endedAt }: CallRecord, lives: History['lives']): boolean {
  return lives.some(
    (life) => life.replica === replica && life.from <= at && (life.to === undefined || life.to > endedAt + SLACK),
  );
}
