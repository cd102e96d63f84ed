import { readdirSync, readFileSync } from 'node:fs';

/** `CLK_TCK` of Linux. */
const MS_PER_TICK = 10;
const PAGE = 4_096;

/** Milliseconds of processor time that a process and its children have used. 0 where there is no `/proc`. */
export function processorTime(pid: number): number {
  return ownProcessorTime(pid) + childrenOf(pid).reduce((sum, child) => sum + processorTime(child), 0);
}

/** The same without the children. */
export function ownProcessorTime(pid: number): number {
  const [utime = 0, stime = 0] = fieldsOf(pid).slice(11, 13);
  return (utime + stime) * MS_PER_TICK;
}

/** Bytes that a process and its children hold in memory. */
export function residentMemory(pid: number): number {
  const own = (fieldsOf(pid)[21] ?? 0) * PAGE;
  return own + childrenOf(pid).reduce((sum, child) => sum + residentMemory(child), 0);
}

/** The numbers behind the name of the process, which may have spaces in it. */
function fieldsOf(pid: number): number[] {
  const text = read(`/proc/${pid}/stat`);
  return text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
}

export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
