// Makes what is published, in package/: `dist/lib` as a few modules where the sources are hundreds, which start faster
// and take half the room. They are not minified: stack traces name the functions and lines that one can read there.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '..');
const OUT = join(ROOT, 'package');
/** Modules that somebody outside loads by their path: exports, the command line, a worker, the Nest CLI. */
const ENTRIES = ['index.js', 'testing/index.js', 'cli/main.js', 'cli/workers/worker.js', 'schematics/nest-add.js'];
/** Exports whose types people use. */
const TYPED = ['index.d.ts', 'testing/index.d.ts'];
const IMPORTED = /(?:from|import)\s*\(?\s*['"](\.[^'"]+)\.js['"]/g;

/** `let Guard = class Guard` of decorators would become `class Guard2`: without the second name a class has the first. */
const namesOfClasses = {
  name: 'names of classes',
  setup: ({ onLoad }) =>
    onLoad({ filter: /dist\/lib\/.*\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8'))
        .replaceAll(/^let (\w+) = class \1 /gm, 'let $1 = class ')
        // One that names itself: it has a second variable, which would give its name.
        .replaceAll(
          /^let (\w+) = (\1_1 = class) \1 ([^{]*)\{/gm,
          "let $1 = $2 $3{ static { Object.defineProperty(this, 'name', { value: '$1' }); }",
        ),
    })),
};

const lib = (path) => join(ROOT, 'dist/lib', path);

/** The declarations that the given ones lead to. */
function reachable(files) {
  const found = new Set(files);
  for (const file of found) {
    for (const [, path] of readFileSync(file, 'utf8').matchAll(IMPORTED)) {
      const next = `${resolve(dirname(file), path)}.d.ts`;
      if (existsSync(next)) found.add(next);
    }
  }
  return found;
}

const pack = ['pack', '--dry-run', '--json', '--ignore-scripts'];
const [{ files }] = JSON.parse(execFileSync('npm', pack, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] }));
const types = reachable(TYPED.map(lib));
const isKept = (path) =>
  !path.startsWith('dist/lib/') || path.startsWith('dist/lib/dashboard/assets/') || types.has(join(ROOT, path));

rmSync(OUT, { recursive: true, force: true });
for (const { path } of files.filter(({ path: name }) => isKept(name))) {
  mkdirSync(dirname(join(OUT, path)), { recursive: true });
  cpSync(join(ROOT, path), join(OUT, path));
}
const { outputFiles } = await build({
  entryPoints: ENTRIES.map(lib),
  outdir: join(OUT, 'dist/lib'),
  outbase: lib(''),
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  plugins: [namesOfClasses],
  logLevel: 'warning',
  write: false,
});
for (const { path, text: bundled } of outputFiles) {
  // `var Call = class _Call` of a class that names itself: inside of it, its own name does as well.
  const text = [...bundled.matchAll(/\bvar (\w+) = class _\1\b/g)].reduce(
    (all, [, name]) => all.replaceAll(new RegExp(`\\b_${name}\\b`, 'g'), name),
    bundled,
  );
  const [renamed] = /\bclass (_[A-Z]\w*|[A-Z]\w*[a-z]\d+)\b/.exec(text) ?? [];
  if (renamed) throw new Error(`${path}: ${renamed} has another name than its source.`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
const {
  scripts: _,
  devDependencies: __,
  overrides: ___,
  ...manifest
} = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
writeFileSync(join(OUT, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
