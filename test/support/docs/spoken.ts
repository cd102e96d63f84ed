import { readdirSync } from 'node:fs';
import { pages, read, ROOT } from './pages.js';

/** A sentence or more that somebody reads. */
export interface Spoken {
  /** Relative to the root of the repository. */
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Comments, strings, and text between tags, which an arrow does not begin. */
const PIECE =
  /\/\*\*?(?<block>.*?)\*\/|(?:^|\s)\/\/(?<rest>.*?)$|'(?<single>(?:\\.|[^'\\\n])*)'|"(?<double>(?:\\.|[^"\\\n])*)"|`(?<template>(?:\\.|[^`\\])*)`|(?<!=)>(?<tagged>[^<>{}=;`]+)</gms;

const ROOMS = ['lib', 'bench', 'sample-app'];

/** Everything that people read in the sources and on the pages. */
export function spokenIn(): readonly Spoken[] {
  const sources = ROOMS.flatMap((room) =>
    readdirSync(new URL(`${room}/`, ROOT), { recursive: true, encoding: 'utf8' })
      .filter((name) => /(?<!\.spec|\.contract|\.fixture)\.tsx?$/.test(name))
      .flatMap((name) => inSource(`${room}/${name}`, read(`${room}/${name}`))),
  );
  return [...sources, ...pages().flatMap(({ file, text }) => onPage(file, text))];
}

function inSource(file: string, source: string): Spoken[] {
  return [...source.matchAll(PIECE)].map(({ 0: whole, index, groups }) => ({
    file,
    line: lineAt(source, index),
    text: joined(Object.values(groups!).find((text) => text !== undefined) ?? whole),
  }));
}

/** Paragraphs, items and rows, as one line each. Code is left out. */
function onPage(file: string, text: string): Spoken[] {
  const prose = text.replace(/^ *```.*?^ *```$/gms, (code) => code.replace(/[^\n]/g, ''));
  return [...prose.matchAll(/(?:(?!\n\n|\n *[-|>#]|\n *\d+\. ).)+/gs)]
    .filter(([paragraph]) => !paragraph.trimStart().startsWith('#'))
    .map(({ 0: paragraph, index }) => ({
      file,
      line: lineAt(prose, index),
      text: joined(paragraph).replace(/^(?:[-*>]|\d+\.) /, ''),
    }));
}

/** Wrapped lines as one. */
const joined = (text: string): string => text.replace(/\s*\n\s*(?:\*|\/\/)? ?/g, ' ').trim();

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;
