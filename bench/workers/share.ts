import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Microseconds. A short one: a process that has used its share waits for a hundredth of a second at most. */
const PERIOD = 10_000;
const ROOT = '/sys/fs/cgroup';

/**
 * Keeps a process to a share of one processor, by a control group of its own. Needs Linux and root.
 *
 * @returns a function that removes the group, once the process has ended.
 */
export function keptToShare(pid: number, share: number): () => void {
  const isV1 = existsSync(join(ROOT, 'cpu'));
  const group = join(ROOT, isV1 ? 'cpu' : '', `blue-green-bench-${pid}`);
  mkdirSync(group);
  const quota = Math.round(share * PERIOD);
  if (isV1) {
    writeFileSync(join(group, 'cpu.cfs_period_us'), String(PERIOD));
    writeFileSync(join(group, 'cpu.cfs_quota_us'), String(quota));
  } else {
    writeFileSync(join(group, 'cpu.max'), `${quota} ${PERIOD}`);
  }
  writeFileSync(join(group, 'cgroup.procs'), String(pid));
  return () => rmdirSync(group);
}
