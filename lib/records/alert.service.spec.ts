import { afterEach, expect, jest, test } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Alert } from './alert.js';
import { AlertService } from './alert.service.js';
import { OwnClaims } from './claims.js';
import { MemoryLog } from './record-log.js';

afterEach(() => void jest.restoreAllMocks());

test('a reason that somebody gave cannot write lines of its own into the log; it is kept and sent as it was given', async () => {
  const lines: unknown[] = [];
  jest.spyOn(Logger.prototype, 'error').mockImplementation((line: unknown) => void lines.push(line));
  const sent: Alert[] = [];
  const sink = { send: (alert: Alert) => void sent.push(alert) };
  const alerts = new AlertService({ log: new MemoryLog<Alert>(10), claims: new OwnClaims(), sinks: [sink] });
  const message = 'rolled back: slow\n[Nest] ERROR the disk is full\u001b[2J';
  alerts.raise({ id: 'rollback:1', type: 'rollback', severity: 'critical', at: 1, message });
  await alerts.finish();
  expect(lines).toEqual(['rolled back: slow [Nest] ERROR the disk is full [2J']);
  expect([sent, await alerts.recent()]).toMatchObject([[{ message }], [{ message }]]);
});
