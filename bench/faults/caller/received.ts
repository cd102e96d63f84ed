/** An answer as its caller got it, judged by its bytes alone. */
export type Received = (
  | {
      /** A whole answer: it says itself that it is one. Whether it is the right one is another matter. */
      readonly kind: 'answer';
      readonly text: string;
      readonly model: string | undefined;
      readonly usage: Usage | undefined;
    }
  /** An error instead of an answer. `code` is empty when it has none. */
  | { readonly kind: 'error'; readonly status: number; readonly code: string }
  /** An error event in a stream. `text` is what came before it. */
  | { readonly kind: 'error event'; readonly code: string; readonly text: string }
  /** A clean end without a whole answer: the worst of all. */
  | { readonly kind: 'truncated'; readonly text: string }
  /** The connection broke, or nothing came, without a word why. */
  | { readonly kind: 'broken'; readonly text: string }
  /** Bytes that no client can make sense of. */
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'hang' }
) & {
  /** The environment that the gateway says has answered. */
  readonly environment?: string | undefined;
  /** Milliseconds from the call to its end. */
  readonly took: number;
};

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}

/** An answer, before its author and its time are known. */
export type Reading = Received extends infer R ? (R extends unknown ? Omit<R, 'took' | 'environment'> : never) : never;

/** In a few words, for the table. */
export function describe(received: Received): string {
  switch (received.kind) {
    case 'answer':
      return `whole answer (${received.environment ?? received.model ?? '?'})`;
    case 'error':
      return `${received.status} ${received.code || 'without a code'}`;
    case 'error event':
      return `error event ${received.code || 'without a code'} behind ${received.text.length} characters`;
    case 'truncated':
      return `${received.text.length} characters, ended as if whole`;
    case 'broken':
      return `connection broken behind ${received.text.length} characters`;
    case 'unreadable':
      return `unreadable: ${received.why}`;
    case 'hang':
      return 'nothing, for too long';
  }
}
