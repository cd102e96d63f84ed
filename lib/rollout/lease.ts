/** Who walks the schedules: one replica at a time. Losing it in mid-step is harmless, see `CanaryScheduler`. */
export interface Lease {
  /** Whether this replica has it, taking it when it is free. Rejects when nobody can say. */
  isHeld(): Promise<boolean>;
  /** Gives it to whoever comes next. */
  release(): Promise<void>;
}

/** Of a replica that is alone. */
export const soleLease: Lease = {
  isHeld: async () => true,
  release: async () => {},
};
