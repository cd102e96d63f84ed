import { isObject, objectAt, stringAt, type JsonObject } from '../../../kit/json.js';
import { objectsIn } from '../request-parts.js';

/** The content of a message, or of a piece of one. */
export interface MessageReading {
  readonly text: string;
  readonly reasoning: string;
  readonly refused: boolean;
  /** It has something that a user waits for. A first chunk has only the role. */
  readonly hasContent: boolean;
}

/** Fields that a user waits for, in any dialect of this format. */
const CONTENT_FIELDS = [
  'content',
  'tool_calls',
  'refusal',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  'thinking_blocks',
  'function_call',
  'audio',
  'images',
  'annotations',
  'citations',
];

export function readMessage(message: JsonObject): MessageReading {
  const { content } = message;
  return {
    text: typeof content === 'string' ? content : partsOf(content, 'text').map(textOf).join(''),
    reasoning: reasoningOf(message),
    refused: isFilled(message['refusal']),
    hasContent: CONTENT_FIELDS.some((field) => isFilled(message[field])),
  };
}

export function isFilled(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

/** Many providers send the same thoughts under several names: the first one counts. */
function reasoningOf(message: JsonObject): string {
  return (
    stringAt(message, 'reasoning_content') ||
    stringAt(message, 'reasoning') ||
    objectsIn(message['reasoning_details']).map(textOf).join('') ||
    objectsIn(message['thinking_blocks']).map(textOf).join('') ||
    partsOf(message['content'], 'thinking').map(textOf).join('')
  );
}

function partsOf(content: unknown, type: string): JsonObject[] {
  return objectsIn(content).filter((part) => part['type'] === type);
}

/** The text of a part, whatever the field is called. Thoughts may be a list of parts themselves. */
function textOf(part: JsonObject): string {
  const own = stringAt(part, 'text') ?? stringAt(part, 'summary') ?? stringAt(part, 'thinking');
  return (
    own ??
    objectsIn(part['thinking'])
      .map((inner) => stringAt(inner, 'text') ?? '')
      .join('')
  );
}

/** The error that some put inside a choice, in place of an answer or beside its end. */
export function errorOfChoice(choice: JsonObject): unknown {
  return isObject(choice['error']) ? objectAt(choice, 'error') : undefined;
}
