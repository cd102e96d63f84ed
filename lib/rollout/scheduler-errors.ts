import { BlueGreenError } from '../domain/errors.js';

/** The app has no scheduler to run the job on. `code`: `no_scheduler`. */
export class NoSchedulerError extends BlueGreenError {
  constructor() {
    super(
      'no_scheduler',
      'BlueGreenModule found no SchedulerRegistry: rollouts would neither advance nor revert.',
      'Import ScheduleModule.forRoot() from @nestjs/schedule in the root module; or set scheduler: false in a process that must not run schedules.',
      500,
    );
  }
}

/** The bare class stands among the imports. `code`: `not_configured`. */
export class NotConfiguredError extends BlueGreenError {
  constructor() {
    super(
      'not_configured',
      'A module imports the class BlueGreenModule, which has no options.',
      'Import BlueGreenModule.forRoot({ isGlobal: true, … }) once, in the root module. Feature modules then inject its services without importing it.',
      500,
    );
  }
}

/** The module was imported with options of its own more than once. `code`: `imported_twice`. */
export class ImportedTwiceError extends BlueGreenError {
  constructor() {
    super(
      'imported_twice',
      'BlueGreenModule.forRoot() or forRootAsync() is in this app more than once: each one would only know its own traffic.',
      'Call it once, in the root module, with isGlobal: true; list several aliases under "routes".',
      500,
    );
  }
}
