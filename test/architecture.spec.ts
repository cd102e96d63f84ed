import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { importsBelow, specifiersIn, type ImportGraph } from './support/architecture/imports.js';
import { betweenRooms, circles, readRules, violations, type Rules } from './support/architecture/rules.js';
import { readSources, sharedNames } from './support/architecture/types.js';

const root = new URL('../../', import.meta.url).pathname;

describe('the rooms of lib/', () => {
  let graph: ImportGraph;
  let rules: Rules;

  beforeAll(() => {
    graph = importsBelow(`${root}lib`);
    rules = readRules(readFileSync(`${root}docs/architecture.md`, 'utf8'));
  });

  it('import only what the table in docs/architecture.md allows, types included', () => {
    expect(graph.size).toBeGreaterThan(300);
    expect(violations(graph, rules)).toEqual([]);
  });

  it('form no circle', () => {
    expect(circles(betweenRooms(graph))).toEqual([]);
  });

  it('have no file in a circle with another', () => {
    expect(circles(graph)).toEqual([]);
  });

  it('each have a row, and no row names a room that is gone', () => {
    expect([...rules.keys()].toSorted()).toEqual([...betweenRooms(graph).keys()].toSorted());
  });

  it.each([
    ['a value', "import { statusOf } from '../rollout/route-status.js';"],
    ['a type', "import type { RouteStatus } from '../rollout/route-status.js';"],
    ['a type in place', "export type Status = import('../rollout/route-status.js').RouteStatus;"],
    ['a re-export', "export { statusOf } from '../rollout/route-status.js';"],
    ['a dynamic import', "export const load = () => import('../rollout/route-status.js');"],
  ])('are guarded against %s from a room above', (_, line) => {
    expect(specifiersIn(line)).toEqual(['../rollout/route-status.js']);
    const planted = new Map([...graph, ['domain/planted.ts', ['rollout/route-status.ts']]]);
    expect(violations(planted, rules)).toEqual(['domain/planted.ts imports rollout/route-status.ts']);
  });

  it('are guarded against a circle of two files that know each other by type alone', () => {
    const planted = new Map([
      ['kit/a.ts', ['kit/b.ts']],
      ['kit/b.ts', ['kit/a.ts']],
    ]);
    expect(circles(planted)).toEqual([['kit/a.ts', 'kit/b.ts']]);
  });

  it('have types of different names', () => {
    expect(sharedNames(readSources(`${root}lib`, graph.keys()))).toEqual([]);
  });

  it('are told of two types with one name in two rooms, and not of one that is passed on', () => {
    const sources = new Map([
      ['kit/a.ts', 'export interface Figures {}'],
      ['domain/b.ts', 'export abstract class Figures {}'],
      ['domain/c.ts', "export type { Figures } from '../kit/a.js'; interface Hidden {}"],
      ['router/d.ts', 'export type Hidden = 1; export const Figures = 2;'],
    ]);
    expect(sharedNames(sources)).toEqual(['Figures: domain/b.ts, kit/a.ts']);
  });
});
