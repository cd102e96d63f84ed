/** Loaded before everything else in a worker: from here on the files under test are the instrumented ones. */
import { register } from 'node:module';
import { performance } from 'node:perf_hooks';
import { Switches } from './switches.js';

/** What stands in for what: URLs of directories end in a slash, `files` are relative to them. */
export interface Instead {
  dist: string;
  instrumented: string;
  files: string[];
  jestGlobals: string;
}

const now = performance.now.bind(performance);

/** The switches of this process. */
export const switches = new Switches(now);

const data = JSON.parse(process.env['MUTATION_INSTEAD'] ?? '{}') as Instead;
register(new URL('hooks.js', import.meta.url), { data });
Object.assign(globalThis, { $mutant: switches.isOn });
