import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { expect, test } from '@jest/globals';
import { MemoryJournal } from '../journal/memory-journal.js';
import { parseOptions } from '../options/parse-options.js';
import { UpstreamPrints } from './upstream-prints.js';

/** Of an app whose only model is of this vendor. */
const printOf = async (vendor: string) => {
  const languageModel = createOpenAICompatible({ name: vendor, baseURL: 'http://h/v1' })('m');
  const { upstreams } = parseOptions({ environments: { blue: { languageModel, weight: 100 } } });
  const journal = Object.assign(new MemoryJournal(), { secret: () => Promise.resolve('a-secret') });
  return (await UpstreamPrints.of(journal, upstreams)).of('default/blue');
};

test('another model object is another upstream, though the version is called the same', async () => {
  expect(await printOf('one')).toBe(await printOf('one'));
  expect(await printOf('one')).not.toBe(await printOf('other'));
});
