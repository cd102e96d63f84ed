/** A picture or a document, by value. `url` in place of the bytes: by address. */
export interface Picture {
  readonly mediaType: string;
  readonly data?: string;
  readonly url?: string;
}

export interface ToolUse {
  readonly id: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface ToolOutcome {
  readonly id: string;
  readonly text: string;
  readonly failed?: true;
  readonly picture?: Picture;
}

/** A turn of a conversation, in nobody's format. */
export interface Turn {
  readonly role: 'user' | 'assistant' | 'tool';
  readonly text?: string;
  readonly pictures?: readonly Picture[];
  readonly uses?: readonly ToolUse[];
  readonly outcomes?: readonly ToolOutcome[];
}

export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** A caller's question, in nobody's format. */
export interface Ask {
  readonly system?: string;
  readonly turns: readonly Turn[];
  readonly tools?: readonly ToolDefinition[];
  /** `auto`, `none`, `required`, or `=` and the name of a tool. */
  readonly choice?: string;
  /** Whether several tools may be called at once. */
  readonly parallel?: boolean;
  readonly schema?: Readonly<Record<string, unknown>>;
  /** JSON of any shape. */
  readonly json?: true;
  readonly effort?: 'low' | 'medium' | 'high';
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly presence?: number;
  readonly user?: string;
  readonly choices?: number;
  readonly logprobs?: true;
}

export interface Tokens {
  /** All of it. */
  readonly input: number;
  readonly cached: number;
  /** All of it. */
  readonly output: number;
  readonly reasoning: number;
}

/** A model's answer, in nobody's format. */
export interface Said {
  readonly thought?: string;
  readonly text: string;
  readonly uses: readonly ToolUse[];
  readonly end: 'stop' | 'length' | 'tools' | 'filtered';
  readonly tokens: Tokens;
}

/** One thing that callers do. */
export interface Exercise {
  readonly name: string;
  readonly ask: Ask;
  readonly said: Said;
  readonly stream: boolean;
}

/** The result of a caller's SDK. Parts that it has no place for are absent. */
export interface Got {
  readonly thought?: string | undefined;
  readonly text: string;
  readonly uses: readonly ToolUse[];
  readonly end: Said['end'] | undefined;
  readonly tokens: Partial<Tokens>;
}

/** A provider's way to fail. */
export interface Fault {
  readonly name: string;
  /** The class of our failure table. */
  readonly failure: string;
  /** Its stage: an answer with an error status, an error in a stream that has begun, or an end that never comes. */
  readonly stage: 'status' | 'inside' | 'cut';
}
