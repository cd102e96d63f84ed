import type { ResultContent, ToolOutput, ToolResultPart } from './model.js';

/** The result of a tool, as text: formats without parts in results take nothing else. Files are left to the caller. */
export function textOfOutput(output: ToolOutput): string {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return output.value;
    case 'json':
    case 'error-json':
      return JSON.stringify(output.value);
    case 'execution-denied':
      return output.reason ?? 'The execution of this tool was denied.';
    case 'content':
      return output.value.map((part) => (part.type === 'text' ? part.text : '')).join('');
  }
}

export function isErrorOutput({ output }: ToolResultPart): boolean {
  return output.type === 'error-text' || output.type === 'error-json' || output.type === 'execution-denied';
}

/** The simplest output that says the same. */
export function outputOf(content: readonly ResultContent[], isError: boolean): ToolOutput {
  const isText = content.every((part) => part.type === 'text' && part.providerOptions === undefined);
  if (!isText) return { type: 'content', value: [...content] };
  const value = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return { type: isError ? 'error-text' : 'text', value };
}

/**
 * The names of the tools that a conversation has called, by the ids of the calls: results of some formats name none.
 */
export class ToolNames {
  readonly #names = new Map<string, string>();

  called(id: string, name: string): void {
    this.#names.set(id, name);
  }

  of(id: string): string {
    return this.#names.get(id) ?? 'tool';
  }
}
