import { CLAUDE_CODE, CODEX, type Agent } from './agent.js';
import type { Environments } from './replicas.js';

/** The vendor of an environment. */
interface Side {
  readonly model: string;
  environment(baseUrl: string): Environments[string];
}

/** One agent in front of two organizations. */
export interface Scenario {
  readonly name: string;
  readonly agent: Agent;
  readonly blue: Side;
  readonly green: Side;
}

const apiKey = 'agents-benchmark-key';

const anthropic = { provider: 'anthropic', model: 'claude-opus-4-6', apiKey } as const;
const openai = { provider: 'openai', model: 'gpt-5', apiKey } as const;
const llama = { format: 'openai-chat', model: 'llama-4', apiKey } as const;

/** Codex offers a search of the web, which runs at OpenAI alone. */
const parameters = { drop: ['tools.web_search'] };

const ANTHROPIC: Side = { model: anthropic.model, environment: (baseUrl) => ({ ...anthropic, baseUrl }) };
const OPENAI: Side = {
  model: openai.model,
  environment: (baseUrl) => ({ ...openai, baseUrl, format: 'openai-responses' }),
};

export const SCENARIOS: readonly Scenario[] = [
  { name: 'Anthropic → Anthropic', agent: CLAUDE_CODE, blue: ANTHROPIC, green: ANTHROPIC },
  { name: 'OpenAI → OpenAI', agent: CODEX, blue: OPENAI, green: OPENAI },
  { name: 'Anthropic → OpenAI', agent: CLAUDE_CODE, blue: ANTHROPIC, green: OPENAI },
  {
    name: 'OpenAI → Anthropic',
    agent: CODEX,
    blue: OPENAI,
    green: { ...ANTHROPIC, environment: (baseUrl) => ({ ...anthropic, baseUrl, parameters }) },
  },
  {
    name: 'Anthropic → chat completions',
    agent: CLAUDE_CODE,
    blue: ANTHROPIC,
    green: { model: llama.model, environment: (baseUrl) => ({ ...llama, baseUrl }) },
  },
  {
    name: 'OpenAI → chat completions',
    agent: CODEX,
    blue: OPENAI,
    green: { model: llama.model, environment: (baseUrl) => ({ ...llama, baseUrl, parameters }) },
  },
];
