import type { PlainJson, PlainJsonObject, VendorFields } from './prompt-model.js';

interface Told {
  providerMetadata?: VendorFields;
}

type ModelWarning =
  | { type: 'unsupported'; feature: string; details?: string }
  | { type: 'compatibility'; feature: string; details?: string }
  | { type: 'other'; message: string };

interface AnswerText extends Told {
  type: 'text';
  text: string;
}

export interface AnswerReasoning extends Told {
  type: 'reasoning';
  text: string;
}

interface AnswerToolCall extends Told {
  type: 'tool-call';
  toolCallId: string;
  toolName: string;
  /** JSON, as text. */
  input: string;
  providerExecuted?: boolean;
  dynamic?: boolean;
}

interface AnswerToolResult extends Told {
  type: 'tool-result';
  toolCallId: string;
  toolName: string;
  result: NonNullable<PlainJson>;
  isError?: boolean;
  preliminary?: boolean;
  dynamic?: boolean;
}

interface AnswerFile extends Told {
  type: 'file';
  mediaType: string;
  data: string | Uint8Array;
}

export type AnswerSource = Told &
  (
    | { type: 'source'; sourceType: 'url'; id: string; url: string; title?: string }
    | { type: 'source'; sourceType: 'document'; id: string; mediaType: string; title: string; filename?: string }
  );

interface ApprovalRequest extends Told {
  type: 'tool-approval-request';
  approvalId: string;
  toolCallId: string;
}

export type AnswerPart =
  AnswerText | AnswerReasoning | AnswerFile | ApprovalRequest | AnswerSource | AnswerToolCall | AnswerToolResult;

export interface EndReason {
  unified: 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other';
  raw: string | undefined;
}

interface ResponseFacts {
  id?: string;
  timestamp?: Date;
  modelId?: string;
}

export interface TokenUsage {
  inputTokens: {
    total: number | undefined;
    noCache: number | undefined;
    cacheRead: number | undefined;
    cacheWrite: number | undefined;
  };
  outputTokens: { total: number | undefined; text: number | undefined; reasoning: number | undefined };
  raw?: PlainJsonObject;
}

/** A whole answer. */
export interface ModelAnswer extends Told {
  content: AnswerPart[];
  finishReason: EndReason;
  usage: TokenUsage;
  request?: { body?: unknown };
  response?: ResponseFacts & { headers?: Record<string, string>; body?: unknown };
  warnings: ModelWarning[];
}

/** A piece of a streamed answer. */
export type ModelChunk =
  | ({ type: 'text-start' | 'text-end' | 'reasoning-start' | 'reasoning-end' | 'tool-input-end'; id: string } & Told)
  | ({ type: 'text-delta' | 'reasoning-delta' | 'tool-input-delta'; id: string; delta: string } & Told)
  | ({
      type: 'tool-input-start';
      id: string;
      toolName: string;
      providerExecuted?: boolean;
      dynamic?: boolean;
      title?: string;
    } & Told)
  | ApprovalRequest
  | AnswerToolCall
  | AnswerToolResult
  | AnswerFile
  | AnswerSource
  | { type: 'stream-start'; warnings: ModelWarning[] }
  | ({ type: 'response-metadata' } & ResponseFacts)
  | ({ type: 'finish'; usage: TokenUsage; finishReason: EndReason } & Told)
  | { type: 'raw'; rawValue: unknown }
  | { type: 'error'; error: unknown };
