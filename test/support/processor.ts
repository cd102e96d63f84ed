/** Milliseconds of the processor that this takes. Other work on the machine does not count, as it does for a clock. */
export function processorTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
