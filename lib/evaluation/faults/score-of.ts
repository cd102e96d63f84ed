/** Without the fault that was looked for, or with it. Their mean is the share of the answers that are without it. */
export function scoreOf(isSound: boolean): number {
  return isSound ? 1 : 0;
}
