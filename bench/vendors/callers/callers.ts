import { aiSdk } from './ai-sdk.js';
import { anthropic } from './anthropic.js';
import type { Caller } from './caller.js';
import { langChain } from './langchain.js';
import { openAiChat } from './openai-chat.js';
import { openAiResponses } from './openai-responses.js';

export const CALLERS: readonly Caller[] = [openAiChat, openAiResponses, anthropic, aiSdk, langChain];
