import { stringAt, type JsonObject } from '../../../kit/json.js';
import type { SseEvent } from '../../sse.js';
import { objectsIn } from '../request-parts.js';

/** A whole message as the stream that was asked for. */
export function eventsOf({ content, stop_reason, stop_sequence, ...message }: JsonObject): readonly SseEvent[] {
  const begun = { ...message, content: [], stop_reason: null, stop_sequence: null };
  return [
    named({ type: 'message_start', message: begun }),
    ...objectsIn(content).flatMap(blockEvents),
    named({ type: 'message_delta', delta: { stop_reason, stop_sequence }, usage: message['usage'] ?? {} }),
    named({ type: 'message_stop' }),
  ];
}

/** Text, thoughts and inputs of tools come in deltas, anything else with its block. */
function blockEvents(block: JsonObject, index: number): SseEvent[] {
  const [empty, deltas] = opened(block);
  return [
    named({ type: 'content_block_start', index, content_block: empty }),
    ...deltas.map((delta) => named({ type: 'content_block_delta', index, delta })),
    named({ type: 'content_block_stop', index }),
  ];
}

function opened(block: JsonObject): [JsonObject, JsonObject[]] {
  switch (block['type']) {
    case 'text':
      return [{ ...block, text: '' }, [{ type: 'text_delta', text: stringAt(block, 'text') ?? '' }]];
    case 'thinking':
      return [
        { type: 'thinking', thinking: '', signature: '' },
        [
          { type: 'thinking_delta', thinking: stringAt(block, 'thinking') ?? '' },
          { type: 'signature_delta', signature: stringAt(block, 'signature') ?? '' },
        ],
      ];
    case 'tool_use':
      return [
        { ...block, input: {} },
        [{ type: 'input_json_delta', partial_json: JSON.stringify(block['input'] ?? {}) }],
      ];
    default:
      return [block, []];
  }
}

function named(event: { readonly type: string } & JsonObject): SseEvent {
  return { event: event.type, data: JSON.stringify(event) };
}
