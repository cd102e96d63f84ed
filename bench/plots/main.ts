import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PLOTS } from './plots.js';

/** Draws all plots into a folder. */
const [, , folder = fileURLToPath(new URL('../../../docs/images', import.meta.url))] = process.argv;

for (const [name, draw] of Object.entries(PLOTS)) writeFileSync(join(folder, name), draw());
