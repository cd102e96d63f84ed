/** 1 without the fault, 0 with it: the mean is the share of answers without the fault. */
export function scoreOf(isSound: boolean): number {
  return isSound ? 1 : 0;
}
