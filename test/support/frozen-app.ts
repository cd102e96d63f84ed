import { RolloutService, Telemetry, type BlueGreenOptions, type Observation } from 'nestjs-blue-green';
import { blueGreen, startApp } from './app.js';

export type FromFrozen =
  | { readonly type: 'ready'; readonly url: string }
  | { readonly type: 'report'; readonly observations: readonly Observation[]; readonly phase: string | undefined };

/** An app in a process of its own, for tests that stop it: a rollout at 50%, and what it observed. */
const options = JSON.parse(process.argv[2]!) as BlueGreenOptions;
const app = await startApp({ module: blueGreen({ ...options, gateway: true }) });
const observations: Observation[] = [];
app.get(Telemetry).onObservation((observation) => observations.push(observation));
await app.get(RolloutService).start('chat', { schedule: { steps: [{ setWeight: 50, duration: '1h' }] } });

process.on('message', () => {
  tell({ type: 'report', observations, phase: app.get(RolloutService).status('chat').rollout?.phase.name });
});
process.on('disconnect', () => process.exit());
tell({ type: 'ready', url: await app.getUrl() });

function tell(message: FromFrozen): void {
  process.send?.(message);
}
