import { alertsPanel } from './alerts.js';
import { chartsPanel } from './charts.js';
import { commandsPanel } from './commands.js';
import { environmentsPanel } from './environments.js';
import { gatesPanel } from './gates.js';
import { journalPanel } from './journal.js';
import type { Panel } from './panel.js';
import { reportPanel } from './report-links.js';
import { schedulePanel } from './schedule.js';
import { shadowPanel } from './shadow.js';
import { trafficPanel } from './traffic.js';

/** The cards of a route, from top to bottom. */
export const PANELS: readonly Panel[] = [
  commandsPanel,
  trafficPanel,
  schedulePanel,
  gatesPanel,
  chartsPanel,
  environmentsPanel,
  alertsPanel,
  shadowPanel,
  journalPanel,
  reportPanel,
];
