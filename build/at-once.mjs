// Runs scripts of package.json side by side: node build/at-once.mjs lint test:package
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What it says is shown when it has ended, so that two do not talk at once. */
async function run(script) {
  const child = spawn('npm', ['run', '-s', script], { stdio: ['ignore', 'pipe', 'pipe'], shell: true });
  const said = [];
  child.stdout.on('data', (part) => said.push(part));
  child.stderr.on('data', (part) => said.push(part));
  const [code] = await once(child, 'close');
  process.stdout.write(Buffer.concat(said));
  if (code !== 0) process.stderr.write(`npm run ${script}: ended with ${code}\n`);
  return code;
}

const codes = await Promise.all(process.argv.slice(2).map(run));
process.exitCode = codes.find((code) => code !== 0) ?? 0;
