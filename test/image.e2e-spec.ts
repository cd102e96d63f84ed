import { expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { validate } from 'dockerfile-utils';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const DOCKERFILE = read('Dockerfile');
const [build, run] = DOCKERFILE.split(/^FROM /m).slice(1) as [string, string];
const instruction = (name: string): string => new RegExp(`^${name} (.*)$`, 'm').exec(run)?.[1] ?? '';

test('The Dockerfile has nothing that a linter would object to', () => {
  expect(validate(DOCKERFILE)).toEqual([]);
});

test('The image runs our command, as a user without rights, on the port that it listens on by itself', () => {
  const { bin } = JSON.parse(read('package.json')) as { bin: Record<string, string> };
  expect(JSON.parse(instruction('ENTRYPOINT'))).toEqual(['node', bin['blue-green']!.replace('./', ''), 'serve']);
  expect([instruction('USER'), instruction('EXPOSE')]).toEqual(['1000:1000', '8080']);
});

test('The image knows by itself whether it lives, without a tool that it does not have', () => {
  const [, command] = /HEALTHCHECK [^[]*(\[.*\])$/m.exec(run) ?? [];
  const [program, , code] = JSON.parse(command!) as string[];
  expect(program).toBe('node');
  expect(code).toContain('http://127.0.0.1:8080/health/live');
});

test('What the image is built from is there, and is not kept from it', () => {
  const copied = [...build.matchAll(/^COPY (.*) \S+$/gm)].flatMap(([, sources]) => sources!.split(' '));
  expect(copied).toContain('lib');
  expect(copied.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
  const passed = read('.dockerignore').split('\n');
  expect(copied.filter((path) => !passed.includes(`!${path}`))).toEqual([]);
});
