import { stringAt, objectAt } from '../../lib/kit/json.js';
import { claudeCodeFromNpm, resultOf, runClaudeCode } from '../clients/claude-code.js';
import type { Place } from '../clients/client.js';
import { codexFromNpm, eventsOf, runCodex } from '../clients/codex.js';
import type { Task } from './task.js';

/** The end of a session. */
export interface Ended {
  /** The last words of the agent. */
  readonly said: string;
  /** Its own words for a failure. */
  readonly failure?: string | undefined;
}

type At = Pick<Place, 'origin' | 'apiKey'>;

/** An agent of other people's, unchanged but for address and key. */
export interface Agent {
  readonly name: string;
  /** @throws {NotInstalled} */
  prepare(): Promise<(at: At, task: Task) => Promise<Ended>>;
}

/** Nothing listens there: what agents tell their makers stays on this machine. */
const ALONE = { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' };

export const CLAUDE_CODE: Agent = {
  name: 'Claude Code',
  async prepare() {
    const binary = await claudeCodeFromNpm();
    return async (at, task) => {
      const ran = await runClaudeCode(binary, at, task.prompt, ALONE, (home) => task.prepare(home));
      const result = resultOf(ran);
      const said = (result && stringAt(result, 'result')) ?? ran.out.slice(0, 500);
      return { said, failure: failureOf(ran.code, result?.['is_error'] === false ? undefined : said) };
    };
  },
};

export const CODEX: Agent = {
  name: 'Codex CLI',
  async prepare() {
    const launcher = await codexFromNpm();
    return async (at, task) => {
      const ran = await runCodex(launcher, at, task.prompt, ALONE, (home) => task.prepare(home));
      const events = eventsOf(ran);
      const items = events.map((event) => objectAt(event, 'item') ?? {});
      const said = items.findLast(({ type }) => type === 'agent_message');
      const failed = events.find(({ type }) => type === 'turn.failed');
      const isDone = events.some(({ type }) => type === 'turn.completed');
      const reason = failed ? JSON.stringify(failed['error']) : isDone ? undefined : ran.out.slice(-500);
      return { said: (said && stringAt(said, 'text')) ?? '', failure: failureOf(ran.code, reason) };
    };
  },
};

function failureOf(code: number | null, reason: string | undefined): string | undefined {
  if (reason !== undefined) return reason;
  return code === 0 ? undefined : `exit code ${code}`;
}
