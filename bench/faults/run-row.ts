import { answeredBy, inDetail } from './expectation.js';
import { Rig } from './rig.js';
import { deadlineOf, type Finding, type Row } from './row.js';
import { byCall, gapsOf, hammering, leftOpen } from './rules.js';

/** A row as it went. */
export interface RowResult extends Finding {
  readonly row: Row;
  readonly provider: string;
}

/** Runs one row in a gateway of its own, and checks the rules that hold for all. Never rejects. */
export async function runRow(row: Row): Promise<RowResult> {
  let rig: Rig | undefined;
  try {
    rig = await Rig.start(row.extras);
    const finding = await row.run(rig);
    const provider = finding.provider ?? providersSaw(rig);
    const violations = [
      ...finding.violations,
      ...hammering(rig),
      ...(await leftOpen(rig)),
      ...(await unwell(rig, row)),
    ];
    return { ...finding, row, provider, violations };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { row, outcome: 'clean error', caller: '—', took: 0, provider: '—', violations: [`did not run: ${reason}`] };
  } finally {
    await rig?.stop();
  }
}

/** Right behind the fault, with both providers healthy, a call succeeds. Either may answer. */
async function unwell(rig: Rig, { form }: Row): Promise<string[]> {
  rig.heal();
  const received = await rig.call(form, deadlineOf(1));
  return answeredBy(received) ? [] : [`a healthy call right behind it got ${inDetail(received)}`];
}

function providersSaw({ primary, fallback }: Rig): string {
  const calls = byCall(primary.exchanges);
  const last = calls.at(-1) ?? [];
  const gaps = gapsOf(last).map((gap) => Math.round(gap));
  const between = gaps.length === 0 ? '' : ` (gaps ${gaps.join(', ')} ms)`;
  const rescue = fallback.exchanges.length === 0 ? '' : `, fallback ${fallback.exchanges.length}×`;
  return `${primary.exchanges.length}×${between}${rescue}`;
}
