import { objectAt, type JsonObject } from '../kit/json.js';
import { BY_HAND, layoutOf, type AppLayout } from './app-layout.js';
import { runAsModules } from './jest-setup.js';
import { withEntries, withImport } from './source-edit.js';
import { configFile, controllerFile, testFile } from './templates.js';
import { createOnce, overwriteJson, textOf, type Context, type Tree } from './tree.js';

const CONFIG = 'blue-green.config';
const CONTROLLER = 'blue-green-chat.controller';

/** The peers that go with each major of Nest. */
const PEERS = {
  11: { '@nestjs/schedule': '^6.0.0', '@nestjs/terminus': '^11.0.0' },
  12: { '@nestjs/schedule': '^12.0.0', '@nestjs/terminus': '^12.0.0' },
};

/**
 * `nest add nestjs-blue-green`: the module with its options in a file, a controller with the guard, and an end-to-end
 * test with a fake provider. Asks nothing. An app that has the module already is left alone.
 */
export function nestAdd({ sourceRoot = 'src' }: { sourceRoot?: string }): (tree: Tree, context: Context) => void {
  return (tree, context) => {
    const app = layoutOf(tree, sourceRoot);
    if (app.has.blueGreen) {
      context.logger.info('BlueGreenModule is in this app already: nothing was changed.');
      return;
    }
    editModule(tree, app);
    createOnce(tree, `${app.source}/${CONFIG}.ts`, configFile(app));
    createOnce(tree, `${app.source}/${CONTROLLER}.ts`, controllerFile(app));
    createOnce(tree, `${app.tests}/blue-green.e2e-spec.ts`, testFile(app));
    const isJest = app.runner === 'jest' && !app.isModule;
    const scripts = isJest ? runAsModules(tree, app) : undefined;
    if (isJest && !scripts)
      context.logger.warn(
        'Your end-to-end tests have a configuration of their own, which was left alone. docs/testing.md of ' +
          'nestjs-blue-green says what Jest needs to load ES modules.',
      );
    install(tree, context, app, scripts);
    context.logger.info('Set OPENAI_API_KEY and BLUE_GREEN_KEY, start the app, and run: npx blue-green start');
  };
}

function editModule(tree: Tree, app: AppLayout): void {
  const path = `${app.source}/app.module.ts`;
  const crlf = (textOf(tree, path) ?? '').includes('\r\n');
  const before = (textOf(tree, path) ?? '').replaceAll('\r\n', '\n');
  const imports = [
    ...(app.has.schedule ? [] : ['ScheduleModule.forRoot()']),
    'BlueGreenModule.forRootAsync(blueGreen)',
  ];
  const withModule = withEntries(before, 'AppModule', 'imports', imports);
  const withController = withModule && withEntries(withModule, 'AppModule', 'controllers', ['BlueGreenChatController']);
  if (!withController) throw new Error(`The lists of @Module() in ${path.slice(1)} could not be edited. ${BY_HAND}`);
  const statements = [
    ...(app.has.schedule ? [] : ["import { ScheduleModule } from '@nestjs/schedule';"]),
    "import { BlueGreenModule } from 'nestjs-blue-green';",
    `import { BlueGreenChatController } from './${CONTROLLER}${app.extension}';`,
    `import { blueGreen } from './${CONFIG}${app.extension}';`,
  ];
  const after = statements.reduce(withImport, withController);
  tree.overwrite(path, crlf ? after.replaceAll('\n', '\r\n') : after);
}

/** Peers by name: an app that imports a package has it in its manifest. */
function install(tree: Tree, context: Context, app: AppLayout, scripts: JsonObject | undefined): void {
  const dependencies = { ...PEERS[app.nest], ...objectAt(app.manifest, 'dependencies') };
  const sorted = Object.entries(dependencies).toSorted(([a], [b]) => (a < b ? -1 : 1));
  overwriteJson(tree, '/package.json', {
    ...app.manifest,
    ...(scripts && { scripts }),
    dependencies: Object.fromEntries(sorted),
  });
  const options = { command: 'install', packageManager: app.packageManager };
  context.addTask({ toConfiguration: () => ({ name: 'node-package', options }) });
}
