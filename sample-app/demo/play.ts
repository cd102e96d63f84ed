import type { JournalEntry } from 'nestjs-blue-green';
import { filter } from 'rxjs';
import { SUPPORT_CHAT } from '../support-chat.js';
import { Screen } from './screen.js';
import { REQUESTS_PER_SECOND, Shop, STEPS } from './shop.js';

export interface DemoOutcome {
  /** A healthy green went to 100%. */
  readonly promoted: boolean;
  /** A failing green, and one that cut its answers off, were both taken back. */
  readonly rolledBack: boolean;
  /** An outage of both neither moved the rollout nor ended it. */
  readonly heldOutage: boolean;
  readonly requests: number;
  readonly callerErrors: number;
  /** From green's first failure until no new call went there, milliseconds. */
  readonly rollbackMs: number;
}

/** Four rollouts with live traffic, shown as they happen. */
export async function playDemo(): Promise<DemoOutcome> {
  const shop = await Shop.open();
  const { traffic, rollouts, providers } = shop;
  const screen = new Screen(() => ({
    status: rollouts.status(SUPPORT_CHAT),
    steps: STEPS,
    requests: traffic.requests,
    callerErrors: traffic.errors,
  }));
  // RolledBack repeats the reason of the RolloutAborted before it.
  const told = rollouts.events$.pipe(filter(({ type }) => type !== 'RolledBack'));
  told.subscribe((entry) => screen.say(` → ${inWords(entry)}`));
  screen.say(`A shop sends ${REQUESTS_PER_SECOND} questions a second to "${SUPPORT_CHAT}": half JSON, half streams.`);
  traffic.start();
  screen.start();

  screen.say('\n1. A healthy green walks 5 → 25 → 50 → 100% and is promoted.');
  const promoted = await promotes(shop);

  screen.say('\n   Second thoughts: one command gives everything back to blue, which stood by.');
  await rollouts.rollback(SUPPORT_CHAT, { actor: 'demo', reason: 'show it again' });

  screen.say('\n2. The same walk, but in its second step the provider behind green answers 500.');
  const failing = await reverts(shop, () => providers.green.failing(1));
  const rollbackMs = failing.at - Math.min(...providers.green.failedCalls);
  providers.green.failing(0);
  await traffic.seconds(1);

  screen.say('\n3. Green answers 200 to everything, and its answers stop in mid-sentence. No health check sees that.');
  const cutting = await reverts(shop, () => providers.green.cuttingOff(true));
  providers.green.cuttingOff(false);
  await traffic.seconds(1);

  screen.say('\n4. Both providers go down in the second step. The fallback answers, and green is not blamed.');
  const heldOutage = await holds(shop);

  await traffic.stop();
  screen.stop();
  await shop.close();
  for (const message of traffic.errorMessages) screen.say(`caller error: ${message}`);
  screen.say(
    `\nGreen failed, and ${rollbackMs} ms later no new call went there.` +
      `\n${traffic.requests} calls, ${traffic.errors} of them failed. ${traffic.cutOff} callers read an answer that was cut off.\n`,
  );
  const rolledBack = failing.reverted && cutting.reverted;
  return { promoted, rolledBack, heldOutage, requests: traffic.requests, callerErrors: traffic.errors, rollbackMs };
}

async function promotes(shop: Shop): Promise<boolean> {
  const end = shop.next('RolloutSucceeded', 'RolledBack');
  await shop.start('gpt-4.1 for everybody');
  return (await end).type === 'RolloutSucceeded';
}

/** Starts a rollout that goes bad in its second step, and waits for the end. `at`: wall time. */
async function reverts(shop: Shop, goBad: () => void): Promise<{ readonly reverted: boolean; readonly at: number }> {
  const secondStep = shop.next('StepEntered');
  await shop.start('gpt-4.1 again');
  await secondStep;
  const end = shop.next('RolloutAborted', 'RolloutSucceeded').then(({ type }) => ({
    reverted: type === 'RolloutAborted' && shop.customersOnGreen() === 0,
    at: Date.now(),
  }));
  goBad();
  return end;
}

/** Both providers fail for longer than a step lasts, and recover. Nothing must move meanwhile. */
async function holds(shop: Shop): Promise<boolean> {
  const { blue, green } = shop.providers;
  const secondStep = shop.next('StepEntered');
  await shop.start('gpt-4.1 once more');
  await secondStep;
  blue.failing(1);
  green.failing(1);
  await shop.traffic.seconds(4);
  blue.failing(0);
  green.failing(0);
  await shop.traffic.seconds(2);
  const { weights, rollout } = shop.rollouts.status(SUPPORT_CHAT);
  return rollout?.phase.name === 'Progressing' && weights['green'] === STEPS[1];
}

function inWords({ type, reason, ...entry }: JournalEntry): string {
  const weight = 'weights' in entry ? `, green ${entry.weights['green']}%` : '';
  return `${type}${weight}: ${reason}`;
}
