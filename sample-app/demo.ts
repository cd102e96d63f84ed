import { playDemo } from './demo/play.js';

const outcome = await playDemo();
process.stdout.write(`${JSON.stringify(outcome)}\n`);
const { promoted, rolledBack, heldOutage, callerErrors } = outcome;
process.exitCode = promoted && rolledBack && heldOutage && callerErrors === 0 ? 0 : 1;
