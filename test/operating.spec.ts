import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { ALERT_TYPES } from '../lib/records/alert.js';
import { CONSEQUENCES } from '../lib/domain/outcome.js';
import type { PauseReason } from '../lib/domain/state.js';
import { tableRows } from './support/docs/markdown.js';
import { read, ROOT } from './support/docs/pages.js';
import { literalsIn, longestPart, partsOf, phrasesOf } from './support/docs/sentences.js';

const page = read('docs/operating.md');
const shown = partsOf(page.replaceAll('\n> ', ' ')).join('\n');
const headings = new Set([...page.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading!));
const inCode = new Set([...page.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!));

const files = readdirSync(new URL('lib/', ROOT), { recursive: true, encoding: 'utf8' })
  .filter((name) => /(?<!\.spec|\.d)\.ts$/.test(name) && !name.startsWith('testing/'))
  .map((name) => read(`lib/${name}`));

/** The compiler says when one is missing. */
const CAUSES: Record<PauseReason, true> = {
  Manual: true,
  AwaitingApproval: true,
  Inconclusive: true,
  NoTraffic: true,
  OutsideWindow: true,
  GateError: true,
  SampleRatioMismatch: true,
};

const THROWN = [
  /(?:super|new BlueGreenError)\(\s*'([a-z_]+)'/g,
  /new CliError\(\s*EXIT\.\w+,\s*'([a-z_]+)'/g,
  /\brefused\([^;]*?,\s*'([a-z]+_[a-z_]+)',?\s*\)/g,
  /\bcode = '([a-z_]+)'/g,
  /super\('[^']+', problems, '([a-z_]+)'/g,
];

/** Codes of errors, as the sources throw them. */
const CODES = [
  ...files.flatMap((text) => THROWN.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code]) => code!))),
  ...Object.keys(CONSEQUENCES).map((failure) => `upstream_${failure}`),
];

describe('the page for a bad night', () => {
  test.each(ALERT_TYPES)('has a section for the alert %s', (type) => {
    expect(headings).toContain(type);
  });

  test.each(Object.keys(CAUSES))('has the pause %s', (cause) => expect(inCode).toContain(cause));

  test.each([...new Set(CODES)])('has the error code %s', (code) => expect(inCode).toContain(code));

  test('has so many codes that none are overlooked', () => expect(CODES.length).toBeGreaterThan(60));

  test.each([
    ['analysis/next-move.ts', /hold\(|reason|users|requests on/],
    ['analysis/fast-trip.ts', /answered/],
    ['analysis/open-breaker.ts', /breaker/],
    ['analysis/detection.ts', /would have been found/],
    ['analysis/gates/gates.ts', /samples|evaluator|not read/],
    ['health/health-monitor.ts', /options of|recent requests|consecutive/],
    ['health/blue-green.health.ts', /serve:|shutting down|recorded/],
    ['health/probe.ts', /provider|the probe \(|models/],
    ['domain/split-commands.ts', /Beside/],
  ])('has every sentence of lib/%s', (file, isSentence) => {
    const sentences = literalsIn(read(`lib/${file}`)).filter(
      (text) => text.trim().split(' ').length > 3 && isSentence.test(text),
    );
    expect(sentences.length).toBeGreaterThan(0);
    expect(sentences.map(longestPart).filter((part) => !shown.includes(part))).toEqual([]);
  });

  test('has every refusal by the state of a route', () => {
    const refusals = files.flatMap((text) =>
      [...text.matchAll(/new RolloutStateError\(\s*(['`])(.*?)\1,/gs)].map(([, , message]) => longestPart(message!)),
    );
    expect(refusals.length).toBeGreaterThan(15);
    expect(refusals.filter((part) => !shown.includes(part))).toEqual([]);
  });

  test('quotes nothing that the product does not say', () => {
    const said = files.flatMap(literalsIn).join('\n');
    const quoted = page.split('\n').filter((line) => line.startsWith('> '));
    const inTables = tableRows(page)
      .flatMap((cells) =>
        cells.slice(0, 2).flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!)),
      )
      .filter((code) => code.includes('…'));
    const phrases = [...quoted.map((line) => line.slice(2)), ...inTables].flatMap(phrasesOf);
    expect(phrases.length).toBeGreaterThan(100);
    expect(phrases.filter((phrase) => !isSaid(phrase, said))).toEqual([]);
  });

  test('would notice a sentence that has changed', () => {
    const said = 'was not asked for\nof this stage';
    expect(['was not asked for', 'was not asked of this stage', 'was never asked'].map((p) => isSaid(p, said))).toEqual(
      [true, true, false],
    );
  });
});

/** Whether the sources have it, in one string or in two that are put together. */
function isSaid(phrase: string, said: string): boolean {
  const words = phrase.split(' ');
  return words.some((_, at) => [words.slice(0, at), words.slice(at)].every((part) => said.includes(part.join(' '))));
}
