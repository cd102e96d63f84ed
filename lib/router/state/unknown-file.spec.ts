import { expect, test } from '@jest/globals';
import { UpstreamFailure } from '../../upstream/upstream-failure.js';
import { knowingFiles } from './unknown-file.js';

const refusal = (status: number, said: string, failure: 'not_found' | 'rejected' = 'not_found') =>
  new UpstreamFailure(failure, 'refused', {
    status,
    answer: { status, contentType: 'application/json', body: Buffer.from(JSON.stringify({ error: said })) },
  });

const told = (files: readonly string[], failure: UpstreamFailure) =>
  knowingFiles(files, () => Promise.reject(failure)).catch((error: unknown) => error);

test('a refusal that names a file of the request is about the file, in the words of the vendor', async () => {
  const failure = refusal(404, 'File not found: file_011CNha8');
  expect(await told(['file_011CNha8'], failure)).toMatchObject({
    failure: 'rejected',
    unknownFile: true,
    status: 404,
    answer: failure.answer,
  });
});

test.each([
  ['names another file', ['file_011CNha9'], refusal(404, 'File not found: file_011CNha8')],
  ['has the letters of a made-up id', ['e'], refusal(404, 'model not found')],
  ['is a failure of the vendor', ['file_011CNha8'], refusal(500, 'file_011CNha8')],
  ['has no words', ['file_011CNha8'], new UpstreamFailure('rejected', 'refused', { status: 400 })],
])('one that %s stays as it is', async (_what, files, failure) => {
  expect(await told(files, failure)).toBe(failure);
});
