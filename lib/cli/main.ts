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
  // What a verb that failed has left open, like a connection that is made again and again, keeps nobody waiting.
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}
