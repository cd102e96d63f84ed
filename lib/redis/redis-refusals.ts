/** A reason for Redis to refuse a command that it understood. */
export interface RedisRefusal {
  /** The remedy. */
  readonly remedy: string;
  /** This server is the wrong one now: a new connection may reach the right one. */
  readonly isElsewhere?: true;
}

const REPLICA: RedisRefusal = {
  remedy:
    'This Redis is a replica. journal.redis has to lead to the primary, also after a failover. Calls continue meanwhile.',
  isElsewhere: true,
};
const CLUSTER_NODE: RedisRefusal = {
  remedy: 'This Redis is a node of a cluster. Pass journal: { redis: new Cluster([...]) } of ioredis.',
};
const ACCESS: RedisRefusal = { remedy: 'Check user, password and permissions of journal.redis.' };

/** By the word that Redis puts in its answer. Scripts have it in mid-sentence. */
const REFUSALS: Readonly<Record<string, RedisRefusal>> = {
  READONLY: REPLICA,
  UNBLOCKED: REPLICA,
  MASTERDOWN: REPLICA,
  NOREPLICAS: {
    remedy: 'Redis has fewer replicas than min-replicas-to-write. Bring them back. Calls continue meanwhile.',
  },
  MISCONF: { remedy: 'Redis cannot save to its disk: see its log and its disk space. Calls continue meanwhile.' },
  OOM: { remedy: 'Redis is at maxmemory: give it more, or move other data elsewhere. Calls continue meanwhile.' },
  LOADING: { remedy: 'Redis is loading its data: wait. Calls continue meanwhile.' },
  CLUSTERDOWN: { remedy: 'The Redis cluster does not serve this slot: see CLUSTER INFO. Calls continue meanwhile.' },
  MOVED: CLUSTER_NODE,
  ASK: CLUSTER_NODE,
  CROSSSLOT: { remedy: 'Set journal.prefix to one with a hash tag, as in {blue-green}:' },
  NOAUTH: ACCESS,
  WRONGPASS: ACCESS,
  NOPERM: ACCESS,
};

/** A word in capitals, as these are; {@link REFUSALS} knows which mean something. */
const WORDS = /(?<![A-Z])[A-Z]{3,12}(?![A-Z])/g;

/** The reason for which Redis refused, if its answer gives one. */
export function refusalIn(message: string): RedisRefusal | undefined {
  const word = message.match(WORDS)?.find((one) => Object.hasOwn(REFUSALS, one));
  return word === undefined ? undefined : REFUSALS[word];
}
