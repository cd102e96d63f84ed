/** A benchmark: takes what stands behind its name on the command line, returns the exit code. */
type Benchmark = (args: readonly string[]) => Promise<number>;

const BENCHMARKS: Readonly<Record<string, { about: string; load: () => Promise<Benchmark> }>> = {
  faults: {
    about: 'what callers get, and what providers see, when providers misbehave',
    load: async () => (await import('./faults/benchmark.js')).faults,
  },
  providers: {
    about: 'what is read of answers, streams and errors as providers really send them',
    load: async () => (await import('./providers/benchmark.js')).providers,
  },
  clients: {
    about: 'whether agents and SDKs get through the gateway what they get from a provider',
    load: async () => (await import('./clients/benchmark.js')).clients,
  },
  agents: {
    about: 'whether agents finish their tasks while green, of another account or vendor, comes and goes',
    load: async () => (await import('./agents/benchmark.js')).agents,
  },
  vendors: {
    about: 'what is lost between five SDKs and six vendors of other formats',
    load: async () => (await import('./vendors/benchmark.js')).vendors,
  },
  conversations: {
    about: 'whether conversations go on while green comes, takes over and is rolled back',
    load: async () => (await import('./conversations/benchmark.js')).conversations,
  },
  overhead: {
    about: 'what the gateway and the module cost, beside the floor, bare Nest and others',
    load: async () => (await import('./overhead/benchmark.js')).overhead,
  },
  workers: {
    about: 'what a second process of serve brings, and what it costs',
    load: async () => (await import('./workers/benchmark.js')).workers,
  },
  replicas: {
    about: 'how long a rollback and a change of weights take to be true on every replica',
    load: async () => (await import('./replicas/benchmark.js')).replicas,
  },
  failover: {
    about: 'what becomes of a schedule when the replica that walks it is killed',
    load: async () => (await import('./replicas/failover.js')).failover,
  },
  outage: {
    about: 'what calls and changes see while Redis is away',
    load: async () => (await import('./replicas/outage.js')).outage,
  },
  neighbors: {
    about: 'what a small call takes beside calls that are large',
    load: async () => (await import('./neighbors/benchmark.js')).neighbors,
  },
  fuzz: {
    about: 'whether hostile calls of the control API break it, hold its event loop, or fill its memory',
    load: async () => (await import('./fuzz/benchmark.js')).fuzz,
  },
  chaos: {
    about: 'whether every promise holds while everything goes wrong at once',
    load: async () => (await import('./chaos/benchmark.js')).chaos,
  },
  'file-journal': {
    about: 'what is left of a journal in a file when its process is killed',
    load: async () => (await import('./file-journal/benchmark.js')).fileJournal,
  },
  streams: {
    about: 'what ten thousand open streams cost, and whether they all come whole',
    load: async () => (await import('./streams/benchmark.js')).streams,
  },
  paced: {
    about: 'streams at the pace of models: first byte, evenness, processor time and memory of each',
    load: async () => (await import('./paced/benchmark.js')).paced,
  },
  speed: {
    about: 'all figures on speed in one run: overhead, paced and memory',
    load: async () => (await import('./speed.js')).speed,
  },
  start: {
    about: 'how long serve takes to be ready, what it holds then, and what the package takes on disk',
    load: async () => (await import('./start/benchmark.js')).start,
  },
  memory: {
    about: 'what is left in memory of a million requests',
    load: async () => (await import('./memory/benchmark.js')).memory,
  },
  soak: {
    about: 'what half an hour of mixed traffic leaves behind in memory, sockets and timers',
    load: async () => (await import('./soak/benchmark.js')).soak,
  },
  shadow: {
    about: 'what mirroring everything costs callers while the mirror hangs',
    load: async () => (await import('./shadow/benchmark.js')).shadow,
  },
  decisions: {
    about: 'how often healthy rollouts are reverted, and how soon worse ones',
    load: async () => (await import('./decisions/benchmark.js')).decisions,
  },
  users: {
    about: 'whether a million sticky users pause or revert a healthy rollout, in a process and in Redis',
    load: async () => (await import('./users/benchmark.js')).users,
  },
  greens: {
    about: 'which bad canaries deciders let through, and which good ones they revert',
    load: async () => (await import('./greens/benchmark.js')).greens,
  },
};

/** `--node 24`: on that version of Node instead of the one that started us. */
function chosenNode(args: readonly string[]): { version: string | undefined; rest: string[] } {
  const at = args.indexOf('--node');
  return at < 0 ? { version: undefined, rest: [...args] } : { version: args[at + 1], rest: args.toSpliced(at, 2) };
}

const [name = '', ...given] = process.argv.slice(2);
const { version, rest: args } = chosenNode(given);
const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
if (benchmark && version !== undefined) {
  const { onNode } = await import('./measured/chosen-node.js');
  process.exitCode = await onNode(version, [name, ...args]);
} else if (benchmark) {
  const run = await benchmark.load();
  process.exitCode = await run(args);
} else {
  console.error(`${name ? `There is no benchmark "${name}".` : 'Which one?'} npm run bench -- NAME, with one of:`);
  for (const [known, { about }] of Object.entries(BENCHMARKS)) console.error(`  ${known}  ${about}`);
  process.exitCode = 2;
}
