#!/usr/bin/env node
import { CommanderError } from 'commander';
import { EXIT } from './cli-error.js';
import { report } from './output.js';
import { program } from './program.js';

try {
  await program().parseAsync();
} catch (error) {
  // Commander has said what is wrong with the words; help that was asked for is no failure.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else process.exitCode = report(error, process.argv.includes('--json'));
}
