#!/usr/bin/env node
import { CommanderError } from 'commander';
import { EXIT } from './cli-error.js';
import { report } from './output.js';
import { program } from './program.js';

// A reader like `head` has what it wanted: the rest of the output has no place to go.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program().parseAsync();
} catch (error) {
  // Commander has printed the problem. A request for help is not a failure.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else process.exitCode = report(error, process.argv.includes('--json'));
  // Exits even if the failed verb left something open, such as a connection that reconnects.
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}
