import { posix } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { format } from 'prettier';
import { nestAdd } from './nest-add.js';
import type { Context, Tree } from './tree.js';

const APP_MODULE = `import { Module } from '@nestjs/common';
import { AppController } from './app.controller';

@Module({
  imports: [],
  controllers: [AppController],
})
export class AppModule {}
`;

const JEST = { testRegex: '.e2e-spec.ts$', transform: { '^.+\\.(t|j)s$': 'ts-jest' } };

/** The files of an app, as the engine of the CLI would give them. */
class VirtualTree implements Tree {
  constructor(readonly files: Record<string, string>) {}

  read(path: string): Uint8Array | null {
    const text = this.files[path];
    return text === undefined ? null : Buffer.from(text);
  }

  create(path: string, content: string): void {
    if (path in this.files) throw new Error(`There is ${path} already.`);
    this.files[path] = content;
  }

  overwrite(path: string, content: string): void {
    if (!(path in this.files)) throw new Error(`There is no ${path}.`);
    this.files[path] = content;
  }

  getDir(folder: string): { subfiles: string[]; subdirs: string[] } {
    const below = Object.keys(this.files).map((path) => posix.relative(folder, path).split('/'));
    const inside = below.filter(([first]) => first !== '..');
    return {
      subfiles: inside.filter(({ length }) => length === 1).map(([name]) => name!),
      subdirs: [...new Set(inside.filter(({ length }) => length > 1).map(([name]) => name!))],
    };
  }
}

function manifest(nest: string, more: { type?: string; dependencies?: object; devDependencies?: object } = {}): string {
  const dependencies = { '@nestjs/core': nest, '@nestjs/platform-express': nest, ...more.dependencies };
  const scripts = { 'test:e2e': 'jest --config ./test/jest-e2e.json' };
  return JSON.stringify({ name: 'app', ...more, scripts, dependencies });
}

/** As `nest new` of CLI 11 writes it. */
function appOf11(more: Record<string, string> = {}): VirtualTree {
  return new VirtualTree({
    '/package.json': manifest('^11.0.1', { devDependencies: { jest: '^30.0.0' } }),
    '/src/app.module.ts': APP_MODULE,
    '/test/jest-e2e.json': JSON.stringify(JEST),
    ...more,
  });
}

/** As `nest new` of CLI 12 writes it. */
function appOf12(more: Record<string, string> = {}): VirtualTree {
  return new VirtualTree({
    '/package.json': manifest('^12.0.1', { type: 'module', devDependencies: { vitest: '^4.1.2' } }),
    '/src/app.module.ts': APP_MODULE.replace("controller'", "controller.js'"),
    ...more,
  });
}

describe('nest add', () => {
  let said: string[];
  let tasks: { name: string; options: object }[];

  beforeEach(() => {
    said = [];
    tasks = [];
  });

  function add(tree: VirtualTree, options: { sourceRoot?: string } = {}): Record<string, string> {
    const context: Context = {
      logger: { info: (message) => said.push(message), warn: (message) => said.push(message) },
      addTask: (task) => tasks.push(task.toConfiguration()),
    };
    nestAdd(options)(tree, context);
    return tree.files;
  }

  it('adds module, scheduler and controller to the app module', () => {
    expect(add(appOf11())['/src/app.module.ts']).toBe(`import { Module } from '@nestjs/common';
import { AppController } from './app.controller';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule } from 'nestjs-blue-green';
import { BlueGreenChatController } from './blue-green-chat.controller';
import { blueGreen } from './blue-green.config';

@Module({
  imports: [ScheduleModule.forRoot(), BlueGreenModule.forRootAsync(blueGreen)],
  controllers: [AppController, BlueGreenChatController],
})
export class AppModule {}
`);
  });

  it('writes the endings of files where the app does', () => {
    const files = add(appOf12());
    expect(files['/src/app.module.ts']).toContain("from './blue-green.config.js';");
    expect(files['/test/blue-green.e2e-spec.ts']).toContain("from '../src/app.module.js';");
  });

  it.each([
    ['Nest 11', appOf11],
    ['Nest 12', appOf12],
    [
      'Fastify',
      () => appOf11({ '/package.json': JSON.stringify({ dependencies: { '@nestjs/platform-fastify': '11' } }) }),
    ],
  ])('writes files as the prettier of the CLI has them: %s', async (_, app) => {
    const files = Object.entries(add(app())).filter(([path]) => path.endsWith('.ts'));
    expect(files).toHaveLength(4);
    for (const [filepath, text] of files)
      expect(await format(text, { filepath, singleQuote: true, trailingComma: 'all' })).toBe(text);
  });

  it('adds what goes with the Nest that is there, and installs it', () => {
    const eleven = JSON.parse(add(appOf11())['/package.json']!);
    expect(eleven.dependencies).toMatchObject({ '@nestjs/schedule': '^6.0.0', '@nestjs/terminus': '^11.0.0' });
    const twelve = JSON.parse(add(appOf12({ '/pnpm-lock.yaml': '' }))['/package.json']!);
    expect(twelve.dependencies).toMatchObject({ '@nestjs/schedule': '^12.0.0', '@nestjs/terminus': '^12.0.0' });
    expect(tasks).toEqual(
      ['npm', 'pnpm'].map((packageManager) => ({
        name: 'node-package',
        options: { command: 'install', packageManager },
      })),
    );
  });

  it('keeps versions that the app has chosen', () => {
    const own = { '@nestjs/schedule': '~5.0.0' };
    const files = add(appOf11({ '/package.json': manifest('^11.0.1', { dependencies: own }) }));
    expect(JSON.parse(files['/package.json']!).dependencies).toMatchObject(own);
  });

  it('tests in the runner of the app', () => {
    expect(add(appOf12())['/test/blue-green.e2e-spec.ts']).toContain("from 'vitest';");
    expect(add(appOf11())['/test/blue-green.e2e-spec.ts']).not.toContain('vitest');
  });

  it('has Jest load ES modules in an app that is none', () => {
    const files = add(appOf11());
    expect(JSON.parse(files['/test/jest-e2e.json']!)).toEqual({
      ...JEST,
      extensionsToTreatAsEsm: ['.ts'],
      moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
      transform: { '^.+\\.(t|j)s$': ['ts-jest', { useESM: true, tsconfig: './test/tsconfig.e2e.json' }] },
    });
    expect(JSON.parse(files['/test/tsconfig.e2e.json']!)).toMatchObject({ extends: '../tsconfig.json' });
    expect(JSON.parse(files['/package.json']!).scripts['test:e2e']).toBe(
      'node --experimental-vm-modules ./node_modules/jest/bin/jest.js --config ./test/jest-e2e.json',
    );
  });

  it('leaves a configuration of Jest alone that it does not know, and says so', () => {
    const own = JSON.stringify({ transform: { '^.+\\.ts$': '@swc/jest' } });
    const files = add(appOf11({ '/test/jest-e2e.json': own }));
    expect(files['/test/jest-e2e.json']).toBe(own);
    expect(said[0]).toContain('left alone');
  });

  it('runs twice without harm', () => {
    const tree = appOf11();
    const once = { ...add(tree) };
    expect(add(tree)).toEqual(once);
    expect(tasks).toHaveLength(1);
    expect(said.at(-1)).toContain('already');
  });

  it('leaves alone what stands where it would write', () => {
    const mine = { '/src/blue-green.config.ts': '// mine\n' };
    expect(add(appOf11(mine))).toMatchObject(mine);
  });

  it('adds no second scheduler, health page or chat', () => {
    const files = add(
      appOf11({
        '/src/jobs/jobs.module.ts': 'ScheduleModule.forRoot()',
        '/src/health/health.controller.ts': "@Controller('health')",
        '/src/chat/chat.controller.ts': "@Controller('chat')",
      }),
    );
    expect(files['/src/app.module.ts']).not.toContain('ScheduleModule');
    expect(files['/src/blue-green.config.ts']).not.toContain('healthController');
    expect(files['/src/blue-green-chat.controller.ts']).toContain("@Controller('blue-green-chat')");
    expect(files['/test/blue-green.e2e-spec.ts']).toContain('/blue-green-chat`');
  });

  it('finds the app of a monorepo', () => {
    const tree = new VirtualTree({
      '/package.json': manifest('^11.0.1'),
      '/apps/api/src/app.module.ts': APP_MODULE,
      '/apps/api/test/jest-e2e.json': JSON.stringify(JEST),
    });
    const files = add(tree, { sourceRoot: 'apps/api/src' });
    expect(files['/apps/api/src/app.module.ts']).toContain('BlueGreenModule');
    expect(files['/apps/api/test/blue-green.e2e-spec.ts']).toContain("from '../src/app.module';");
    expect(JSON.parse(files['/apps/api/test/tsconfig.e2e.json']!).extends).toBe('../../../tsconfig.json');
  });

  it('says what to do where there is no module that it can edit', () => {
    const tree = appOf11();
    delete tree.files['/src/app.module.ts'];
    expect(() => add(tree)).toThrow('There is no src/app.module.ts. Add the module by hand');
    const shared = appOf11({ '/src/app.module.ts': APP_MODULE.replace('imports: []', 'imports: shared') });
    expect(() => add(shared)).toThrow('could not be edited. Add the module by hand');
  });
});
