import { isObject, type JsonObject } from '../../../kit/json.js';
import { stateAt, type OpaqueState } from '../opaque-state.js';
import { objectsIn } from '../request-parts.js';

/** Values that vendors attach to a part so that they can read it again. */
const FIELDS = [
  ['anthropic', 'signature'],
  ['anthropic', 'redactedData'],
  ['bedrock', 'signature'],
  ['bedrock', 'redactedData'],
  ['openai', 'itemId'],
  ['openai', 'reasoningEncryptedContent'],
  ['azure', 'itemId'],
  ['azure', 'reasoningEncryptedContent'],
  ['google', 'thoughtSignature'],
  ['vertex', 'thoughtSignature'],
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

/** Thoughts go with what makes them readable; any other part is good without it. */
function stripped(part: JsonObject, foreign: ReadonlySet<string>): JsonObject[] {
  const { providerOptions, ...rest } = part;
  const values = Object.values(isObject(providerOptions) ? providerOptions : {})
    .filter(isObject)
    .flatMap((fields) => Object.values(fields));
  if (!values.some((value) => typeof value === 'string' && foreign.has(value))) return [part];
  return rest['type'] === 'reasoning' ? [] : [rest];
}
