import { describe, expect, test } from '@jest/globals';
import { pairOf } from '../../test/support/shadow-pairs.js';
import { openAiChat } from '../upstream/dialects/openai-chat.js';
import { pairLine } from './pair-line.js';

const SECRET = 'My card is 4242 4242 4242 4242.';
const content = {
  dialect: openAiChat,
  request: { messages: [{ role: 'user', content: SECRET }] },
  answer: { text: `You said: ${SECRET}`, toolCalls: [] },
  shadowAnswer: { text: `I heard: ${SECRET}`, toolCalls: [] },
};

const lineOf = (policy: Parameters<typeof pairLine>[2], said = content) =>
  JSON.stringify(pairLine(pairOf(), said, policy));

const fails = () => {
  throw new Error(SECRET);
};

describe('A line in the file', () => {
  test('has figures and hashes, and no word of what was said', () => {
    const line = lineOf({ storeContent: false, redact: (all) => all });
    expect(line).not.toContain('4242');
    expect(JSON.parse(line)).toMatchObject({
      at: '1970-01-01T00:00:00.000Z',
      requestId: 'r1',
      comparison: { textSimilarity: 1 },
      requestHash: expect.stringMatching(/^[\da-f]{64}$/),
      answerHash: expect.stringMatching(/^[\da-f]{64}$/),
      shadowAnswerHash: expect.stringMatching(/^[\da-f]{64}$/),
    });
  });

  test('has what was said when it is asked for', () => {
    const line = JSON.parse(lineOf({ storeContent: true, redact: undefined })) as object;
    expect(line).toMatchObject({ content: { request: content.request, answer: content.answer.text } });
  });

  test('has what the redaction leaves of it', () => {
    const line = lineOf({ storeContent: true, redact: ({ answer }) => answer.replaceAll(/\d/g, '#') });
    expect(line).not.toContain('4242');
    expect(line).toContain('#### ####');
  });

  test('has nothing of it when the redaction throws', () => {
    const line = lineOf({ storeContent: true, redact: fails });
    expect(line).not.toContain('4242');
    expect(JSON.parse(line)).toMatchObject({ redactFailed: true });
  });

  test('has neither hash nor content of a request that is too long', () => {
    const long = { ...content, request: { messages: [{ role: 'user', content: 'x'.repeat(300_000) }] } };
    const line = JSON.parse(lineOf({ storeContent: true, redact: undefined }, long)) as object;
    expect(line).not.toHaveProperty('requestHash');
    expect(line).not.toHaveProperty('content');
  });
});
