import { stringAt, type JsonObject } from '../../../kit/json.js';
import type { SseEvent } from '../../sse.js';
import { objectsIn } from '../request-parts.js';

/** A whole response as the stream that was asked for: its items, the deltas of their texts, and the response itself. */
export function eventsOf(response: JsonObject): readonly SseEvent[] {
  const begun = { ...response, status: 'in_progress', output: [], usage: null };
  const end = response['status'] === 'incomplete' ? 'response.incomplete' : 'response.completed';
  const events = [
    { type: 'response.created', response: begun },
    ...objectsIn(response['output']).flatMap(itemEvents),
    { type: end, response },
  ];
  return events.map((event, sequence_number) => ({
    event: event.type,
    data: JSON.stringify({ ...event, sequence_number }),
  }));
}

function itemEvents(item: JsonObject, output_index: number): ({ readonly type: string } & JsonObject)[] {
  const at = { item_id: item['id'], output_index };
  return [
    { type: 'response.output_item.added', output_index, item: { ...item, ...('content' in item && { content: [] }) } },
    ...objectsIn(item['content']).flatMap((part, content_index) => {
      const text = stringAt(part, 'text');
      if (part['type'] !== 'output_text' || text === undefined) return [];
      return [
        { type: 'response.content_part.added', ...at, content_index, part: { ...part, text: '' } },
        { type: 'response.output_text.delta', ...at, content_index, delta: text },
        { type: 'response.output_text.done', ...at, content_index, text },
        { type: 'response.content_part.done', ...at, content_index, part },
      ];
    }),
    { type: 'response.output_item.done', output_index, item },
  ];
}
