import { isObject, type JsonObject } from '../../../kit/json.js';
import { stateAt, type OpaqueState } from '../opaque-state.js';
import { objectsIn } from '../request-parts.js';

/** Values that vendors attach to a part so that they can read it again. */
const FIELDS = [
  ['anthropic', 'signature'],
  ['anthropic', 'redactedData'],
  ['amazonBedrock', 'signature'],
  ['amazonBedrock', 'redactedData'],
  ['bedrock', 'signature'],
  ['bedrock', 'redactedData'],
  ['openai', 'itemId'],
  ['openai', 'reasoningEncryptedContent'],
  ['azure', 'itemId'],
  ['azure', 'reasoningEncryptedContent'],
  ['google', 'thoughtSignature'],
  ['vertex', 'thoughtSignature'],
  ['googleVertex', 'thoughtSignature'],
] as const;

/** Ids, signatures and encrypted thoughts, as the AI SDK's providers keep them beside the parts. */
export const partsState: OpaqueState = {
  mayHold: /"providerMetadata"/,
  ...stateAt(
    FIELDS.flatMap((field) => [
      ['content', 'providerMetadata', ...field],
      ['providerMetadata', ...field],
    ]),
    FIELDS.map((field) => ['prompt', 'content', 'providerOptions', ...field]),
    [],
  ),
  without(body, foreign) {
    const prompt = objectsIn(body['prompt']).map((message) => {
      if (!Array.isArray(message['content'])) return message;
      return { ...message, content: objectsIn(message['content']).flatMap((part) => stripped(part, foreign)) };
    });
    return { ...body, prompt };
  },
};

/** Thoughts go with what makes them readable; any other part is good without it, and keeps its other options. */
function stripped(part: JsonObject, foreign: ReadonlySet<string>): JsonObject[] {
  const { providerOptions: options, ...rest } = part;
  if (!isObject(options)) return [part];
  const kept = Object.entries(options).map(([vendor, own]) => [vendor, isObject(own) ? without(own, foreign) : own]);
  if (kept.every(([vendor, own]) => own === options[vendor as string])) return [part];
  return rest['type'] === 'reasoning' ? [] : [{ ...rest, providerOptions: Object.fromEntries(kept) as JsonObject }];
}

function without(fields: JsonObject, foreign: ReadonlySet<string>): JsonObject {
  const kept = Object.entries(fields).filter(([, value]) => typeof value !== 'string' || !foreign.has(value));
  return kept.length === Object.keys(fields).length ? fields : Object.fromEntries(kept);
}
