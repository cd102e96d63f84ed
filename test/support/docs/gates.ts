import type { CodeBlock } from './markdown.js';
import type { Page } from './pages.js';

/** Gates that stand in the text or in a table, `{ kind: … }`, each as a block of options that has it. */
export function gatesIn({ file, text }: Page): CodeBlock[] {
  return text.split('\n').flatMap((line, index) =>
    [...line.matchAll(/`(\{ kind: [^`]+\})`/g)].map(([, gate]) => ({
      file,
      line: index + 1,
      language: 'ts',
      info: 'options',
      code: `evaluators: [{ name: 'judge' }], shadow: { percentage: 10 }, rollout: { gates: [${gate}] },\n`,
    })),
  );
}
