/** JSON as the AI SDK types it. */
export type PlainJson = null | string | number | boolean | PlainJson[] | PlainJsonObject;
export type PlainJsonObject = { [key: string]: PlainJson | undefined };

/** Fields of single vendors, by vendor. */
export type VendorFields = Record<string, PlainJsonObject>;

interface Vendored {
  providerOptions?: VendorFields;
}

export interface TextPart extends Vendored {
  type: 'text';
  text: string;
}

interface ReasoningPart extends Vendored {
  type: 'reasoning';
  text: string;
}

export interface FilePart extends Vendored {
  type: 'file';
  filename?: string;
  /** Bytes, base64 or a URL. In JSON a URL is a string that begins with `http`. */
  data: Uint8Array | string | URL;
  mediaType: string;
}

interface ToolCallPart extends Vendored {
  type: 'tool-call';
  toolCallId: string;
  toolName: string;
  input: unknown;
  providerExecuted?: boolean;
}

export type ResultContent =
  | ({ type: 'text'; text: string } & Vendored)
  | ({ type: 'file-data'; data: string; mediaType: string; filename?: string } & Vendored)
  | ({ type: 'file-url'; url: string; mediaType?: string } & Vendored)
  | ({ type: 'file-id'; fileId: string | Record<string, string> } & Vendored)
  | ({ type: 'image-data'; data: string; mediaType: string } & Vendored)
  | ({ type: 'image-url'; url: string } & Vendored)
  | ({ type: 'image-file-id'; fileId: string | Record<string, string> } & Vendored)
  | ({ type: 'custom' } & Vendored);

export type ToolOutput =
  | ({ type: 'text'; value: string } & Vendored)
  | ({ type: 'json'; value: PlainJson } & Vendored)
  | ({ type: 'execution-denied'; reason?: string } & Vendored)
  | ({ type: 'error-text'; value: string } & Vendored)
  | ({ type: 'error-json'; value: PlainJson } & Vendored)
  | ({ type: 'content'; value: ResultContent[] } & Vendored);

export interface ToolResultPart extends Vendored {
  type: 'tool-result';
  toolCallId: string;
  toolName: string;
  output: ToolOutput;
}

interface ApprovalPart extends Vendored {
  type: 'tool-approval-response';
  approvalId: string;
  approved: boolean;
  reason?: string;
}

export type UserPart = TextPart | FilePart;
export type AssistantPart = TextPart | FilePart | ReasoningPart | ToolCallPart | ToolResultPart;

export type PromptMessage = (
  | { role: 'system'; content: string }
  | { role: 'user'; content: UserPart[] }
  | { role: 'assistant'; content: AssistantPart[] }
  | { role: 'tool'; content: (ToolResultPart | ApprovalPart)[] }
) &
  Vendored;

export interface FunctionTool extends Vendored {
  type: 'function';
  name: string;
  description?: string;
  inputSchema: object;
  inputExamples?: { input: PlainJsonObject }[];
  strict?: boolean;
}

interface VendorTool {
  type: 'provider';
  id: `${string}.${string}`;
  name: string;
  args: Record<string, unknown>;
}

export type ToolChoice =
  { type: 'auto' } | { type: 'none' } | { type: 'required' } | { type: 'tool'; toolName: string };

type AnswerFormat = { type: 'text' } | { type: 'json'; schema?: object; name?: string; description?: string };

/** The request to a model. */
export interface ModelCall extends Vendored {
  prompt: PromptMessage[];
  maxOutputTokens?: number;
  temperature?: number;
  stopSequences?: string[];
  topP?: number;
  topK?: number;
  presencePenalty?: number;
  frequencyPenalty?: number;
  responseFormat?: AnswerFormat;
  seed?: number;
  tools?: (FunctionTool | VendorTool)[];
  toolChoice?: ToolChoice;
  /** How much to think, in the words of the fourth version of the specification. */
  reasoning?: string;
  includeRawChunks?: boolean;
  abortSignal?: AbortSignal;
  headers?: Record<string, string | undefined>;
}
