// Runs scripts of package.json side by side: node build/at-once.mjs lint test:package
import { exec } from 'node:child_process';

/** Shows the output of a script at its end, so that two do not mix. */
function run(script) {
  return new Promise((resolve) => {
    exec(`npm run -s ${script}`, { maxBuffer: Infinity }, (error, out, errors) => {
      process.stdout.write(out);
      process.stderr.write(error ? `${errors}npm run ${script}: ended with ${error.code}\n` : errors);
      resolve(error === null);
    });
  });
}

const passed = await Promise.all(process.argv.slice(2).map(run));
process.exitCode = passed.every(Boolean) ? 0 : 1;
