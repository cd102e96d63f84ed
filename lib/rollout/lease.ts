/**
 * The right to walk the schedules: one replica at a time has it. Losing it in mid-step is harmless, see
 * `CanaryScheduler`.
 */
export interface Lease {
  /** Whether this replica has the lease. Takes it if it is free. Rejects when the store does not answer. */
  isHeld(): Promise<boolean>;
  /** Gives the lease up. */
  release(): Promise<void>;
}

/** For a process without other replicas. */
export const soleLease: Lease = {
  isHeld: async () => true,
  release: async () => {},
};
