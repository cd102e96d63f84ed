import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { packageFile } from '../kit/package-file.js';
import { addFigures } from './verbs/figures.js';
import { addRecords } from './verbs/records.js';
import { addPreflight } from './verbs/preflight.js';
import { addReplay } from './verbs/replay.js';
import { addReport } from './verbs/report.js';
import { addRolloutVerbs } from './verbs/rollout.js';
import { addVerbsByHand } from './verbs/by-hand.js';
import { addServe } from './verbs/serve.js';
import { addSimulate } from './verbs/simulate.js';
import { addStatus } from './verbs/status.js';
import { addValidate } from './verbs/validate.js';
import { addVerify } from './verbs/verify.js';

const EXAMPLES = `
Examples:
  blue-green serve --config blue-green.yaml
  blue-green verify --endpoint https://api.openai.com/v1
  blue-green validate --config blue-green.yaml
  blue-green simulate --steps 5:1h,25:2h,50:2h,100 --rps 20 --baseline 1%
  blue-green canary --percentage 10 --reason "new prompt"
  blue-green traffic-shift --blue 100 --green 0
  blue-green status --watch --exit-code
  blue-green rollback --environment green
  blue-green replay --journal journal.log

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 unreachable, 4 unauthorized, 5 conflict.
BLUE_GREEN_URL and BLUE_GREEN_KEY are the address of the control API and a key for it.`;

/** All verbs with their options. */
export function program(): Command {
  const root = new Command('blue-green')
    .description('Moves live LLM traffic from one model configuration to another.')
    .version(version())
    .exitOverride()
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('Add --help for a list of options.');
  addStatus(root);
  addPreflight(root);
  addRolloutVerbs(root);
  addVerbsByHand(root);
  addRecords(root);
  addFigures(root);
  addReport(root);
  addVerify(root);
  addValidate(root);
  addServe(root);
  addSimulate(root);
  addReplay(root);
  return root;
}

function version(): string {
  const { version: own } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as {
    version: string;
  };
  return own;
}
