import { isObject, type JsonObject } from '../../../lib/kit/json.js';

/** A tool of a request, whatever its format. */
interface Tool {
  readonly name: string;
  readonly schema: JsonObject;
}

/** The question of a request, whatever its format. */
export interface Asked {
  /** The latest words of the user. */
  readonly user: string;
  /** Answers of tools to the latest turn; empty when none has. */
  readonly results: readonly string[];
  readonly tools: readonly Tool[];
  /** The JSON schema that the text must match, if the request has one. */
  readonly schema?: JsonObject | undefined;
}

/** The turn of the model. */
export interface Turn {
  readonly thought: string | undefined;
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly args: JsonObject }[];
}

const SHELL_SAID = 'the shell was here';
const HELLO = 'Hello from the bench. Grüße 🙂 \u2028 and an end.';
const CITIES = ['Ulm', 'Köln', 'Graz'];
const SHELLS = new Set(['Bash', 'exec_command', 'shell_command', 'shell', 'local_shell']);

/** The words of a prompt decide: `THINK` thinks aloud, `RUN` calls a shell, `CALL2` calls two tools. */
export function turnOf({ user, results, tools, schema }: Asked): Turn {
  const thought = user.includes('THINK') ? 'One moment, let me think.' : undefined;
  if (results.length > 0) return { thought, text: `The tools said: ${results.join('; ')}`, calls: [] };
  const calls = callsFor(user, tools);
  const text = schema ? JSON.stringify(instanceOf(schema)) : HELLO;
  return { thought, text: calls.length > 0 ? '' : text, calls };
}

function callsFor(user: string, tools: readonly Tool[]): Turn['calls'] {
  const shell = tools.find(({ name }) => SHELLS.has(name));
  if (user.includes('RUN') && shell) return [{ name: shell.name, args: commandFor(shell) }];
  const many = Number(/CALL(\d)/.exec(user)?.[1] ?? 0);
  if (tools.length === 0) return [];
  return Array.from({ length: many }, (_, n) => {
    const { name, schema } = tools[n % tools.length]!;
    return { name, args: { ...(instanceOf(schema) as JsonObject), city: CITIES[n % CITIES.length] } };
  });
}

function commandFor({ schema }: Tool): JsonObject {
  const { properties } = schema;
  const fields = isObject(properties) ? properties : {};
  const command = `echo ${SHELL_SAID}`;
  if ('cmd' in fields) return { cmd: command };
  const isList = isObject(fields['command']) && fields['command']['type'] === 'array';
  const described = 'description' in fields ? { description: 'Say something' } : {};
  return { command: isList ? ['bash', '-lc', command] : command, ...described };
}

/** Something that matches a schema, always the same. */
function instanceOf(schema: unknown): unknown {
  if (!isObject(schema)) return null;
  if (isObject(schema['properties'])) {
    return Object.fromEntries(Object.entries(schema['properties']).map(([name, part]) => [name, instanceOf(part)]));
  }
  switch (schema['type']) {
    case 'array':
      return [instanceOf(schema['items'])];
    case 'integer':
    case 'number':
      return 7;
    case 'boolean':
      return true;
    case 'object':
      return {};
    default:
      return 'Ulm';
  }
}

/** A text in pieces, as tokens come. */
export function piecesOf(text: string): readonly string[] {
  return text.match(/[\s\S]{1,6}/gu) ?? [];
}

/** The text of a message, in one string or in parts. */
export function textIn(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('\n');
}
