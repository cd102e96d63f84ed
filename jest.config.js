// Tests run on the output of `tsc`: one compiler for types, tests and the package.
export default {
  rootDir: 'dist',
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/support/ensure-programs.js',
  transform: {},
  // Hung is what this is for, not slow: machines are noisy.
  testTimeout: 30_000,
  testRegex: '\\.(e2e-)?spec\\.js$',
  // By itself Jest runs in one process on two cores, where every file leaves its modules behind: both slow it down.
  maxWorkers: 2,
  workerIdleMemoryLimit: '800MB',
  reporters: ['default', '<rootDir>/../test/support/tally-reporter.js'],
};
