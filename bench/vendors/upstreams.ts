import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createVertexAnthropic } from '@ai-sdk/google-vertex/anthropic';
import type { BlueGreenOptions } from 'nestjs-blue-green';
import { bedrock } from './wires/bedrock.js';
import { chat } from './wires/chat.js';
import { gemini } from './wires/gemini.js';
import { messages } from './wires/messages.js';
import { responses } from './wires/responses.js';
import { vertex } from './wires/vertex.js';
import type { Wire } from './wires/wire.js';

type Environment = Extract<BlueGreenOptions, { environments: unknown }>['environments'][string];

/** A vendor, and how an app names it. */
export interface Upstream {
  readonly name: string;
  readonly wires: readonly Wire[];
  environment(origin: string): Environment;
}

const apiKey = 'vendors-benchmark-key';

export const UPSTREAMS: readonly Upstream[] = [
  {
    name: 'OpenAI',
    wires: [chat, responses],
    environment: (origin) => ({ provider: 'openai', model: 'gpt-5.2', baseUrl: `${origin}/v1`, apiKey }),
  },
  {
    name: 'Anthropic',
    wires: [messages],
    environment: (origin) => ({ provider: 'anthropic', model: 'claude-sonnet-4-5', baseUrl: `${origin}/v1`, apiKey }),
  },
  {
    name: 'Gemini',
    wires: [gemini],
    environment: (origin) => ({
      languageModel: createGoogleGenerativeAI({ apiKey, baseURL: `${origin}/v1beta` })('gemini-2.5-flash'),
    }),
  },
  {
    name: 'Bedrock',
    wires: [bedrock],
    environment: (origin) => ({
      languageModel: createAmazonBedrock({ apiKey, region: 'us-east-1', baseURL: origin })(
        'anthropic.claude-sonnet-4-5-20250929-v1:0',
      ),
    }),
  },
  {
    name: 'Vertex',
    wires: [vertex],
    environment: (origin) => ({
      languageModel: createVertexAnthropic({
        baseURL: origin,
        project: 'a-project',
        location: 'europe-west1',
        // Stands for Google's own exchange of tokens.
        googleAuthOptions: { authClient: { getAccessToken: () => Promise.resolve({ token: apiKey }) } as never },
      })('claude-sonnet-4-5@20250929'),
    }),
  },
  {
    name: 'OpenAI-compatible',
    wires: [chat],
    environment: (origin) => ({ model: 'llama-4', baseUrl: `${origin}/v1`, apiKey, format: 'openai-chat' }),
  },
];
