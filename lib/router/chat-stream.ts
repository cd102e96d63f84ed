import { parseJson } from '../kit/json.js';
import type { ChatChunk, ChatResult } from './chat.js';
import { ToolCallReader } from './tool-calls.js';
import type { RoutedStream } from './routed-stream.js';

/**
 * A streamed answer. Nothing is sent before it is iterated, and it can be iterated once. Leaving the loop early closes
 * the upstream's socket.
 *
 * @example
 * ```ts
 * const stream = router.stream('support-chat', { messages });
 * for await (const { text } of stream) process.stdout.write(text);
 * const { environment, cost } = await stream.result;
 * ```
 */
export class ChatStream implements AsyncIterable<ChatChunk> {
  /**
   * Settles when the stream has ended and its usage is known, which may come up to 5 seconds later; rejects with the
   * error that the loop throws.
   */
  readonly result: Promise<ChatResult>;
  #resolve!: (result: ChatResult) => void;
  #reject!: (error: unknown) => void;
  #open: (() => Promise<RoutedStream>) | undefined;

  constructor(open: () => Promise<RoutedStream>) {
    this.#open = open;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Code that only iterates gets the error from the loop.
    this.result.catch(() => {});
  }

  /** @throws {UpstreamError} when no environment began an answer, or the stream broke after its first chunk. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ChatChunk> {
    const open = this.#open;
    if (!open) throw new TypeError('A ChatStream can be iterated once.');
    this.#open = undefined;
    let [content, reasoning] = ['', ''];
    let isWhole = false;
    try {
      const stream = await open();
      const tools = new ToolCallReader(stream.call.request.dialect);
      for await (const events of stream) {
        for (const { data, reading } of events) {
          if (reading.kind === 'end') continue;
          const text = reading.text ?? '';
          const thought = reading.reasoning ?? '';
          content += text;
          reasoning += thought;
          tools.readEvent(data);
          yield { text, reasoning: thought, raw: parseJson(data) };
        }
      }
      isWhole = true;
      void stream.booked.then(() => {
        this.#resolve({ ...resultOf(stream), content, reasoning, toolCalls: tools.calls });
      });
    } catch (error) {
      this.#reject(error);
      throw error;
    } finally {
      // Only a loop that was left early gets here with the result still open.
      if (!isWhole) this.#reject(new DOMException('The stream was left before its end.', 'AbortError'));
    }
  }
}

function resultOf({ call, finishReason }: RoutedStream): Omit<ChatResult, 'content' | 'reasoning' | 'toolCalls'> {
  const { usage, cost, latency, timeToFirstToken } = call;
  return { ...call.report(), finishReason, usage, cost, latency, timeToFirstToken };
}
