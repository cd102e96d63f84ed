import { objectsIn } from '../../../lib/upstream/dialects/request-parts.js';
import type { Said, ToolUse } from '../exercise.js';
import { messages } from './messages.js';
import { json, without, type Call, type Wire } from './wire.js';

const VERSION = 'vertex-2023-10-16';

/** Claude on Google's Vertex AI: Anthropic's messages, with the model in the address and the version in the body. */
export const vertex: Wire = {
  ...messages,
  serves: (path) => /\/claude-[^:]+:(rawPredict|streamRawPredict)$/.test(path),
  isStream: ({ path }) => path.endsWith(':streamRawPredict'),
  complaint(call) {
    if (call.body['anthropic_version'] !== VERSION) return `anthropic_version: must be ${VERSION}`;
    if (call.body['model'] !== undefined) return 'model: Extra inputs are not permitted';
    return messages.complaint(asMessages(call));
  },
  heard(call) {
    const { tools, ...ask } = messages.heard(asMessages(call));
    // The package leaves them out, until its version 5.
    if (ask.choice === 'none') return without(ask, 'choice');
    if (!asksForJson(call)) return { ...ask, ...(tools && { tools }) };
    // The package asks for JSON by the only tool that may be called.
    return { ...without(ask, 'choice', 'parallel'), schema: tools![0]!.schema };
  },
  /** Where no tool may be called, there are none. */
  expected: (asked) => (asked.choice === 'none' ? without(asked, 'tools', 'choice') : asked),
  whole: (said, call) => messages.whole(inTool(said, call), call),
  stream: (said, call) => messages.stream(inTool(said, call), call),
  fails(fault) {
    const own = ERRORS[fault.name];
    if (!own) return messages.fails(fault);
    const [code, status, message] = own;
    return json(code, [{ error: { code, status, message } }]);
  },
};

function asksForJson({ body }: Call): boolean {
  const [first] = objectsIn(body['tools']);
  return first?.['name'] === 'json';
}

function inTool(said: Said, call: Call): Said {
  if (!asksForJson(call)) return said;
  const args = JSON.parse(said.text) as ToolUse['args'];
  return { ...said, text: '', uses: [{ id: 'toolu_json', name: 'json', args }], end: 'tools' };
}

/** Google answers for its own part: keys, quotas and models. The rest is Anthropic's. */
const ERRORS: Readonly<Record<string, readonly [number, string, string]>> = {
  auth: [401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'],
  not_found: [404, 'NOT_FOUND', 'Publisher Model `claude-none` was not found or your project has no access to it.'],
  server_error: [500, 'INTERNAL', 'Internal error encountered.'],
};

function asMessages({ path, body }: Call): Call {
  return { path, body: without(body, 'anthropic_version') };
}
