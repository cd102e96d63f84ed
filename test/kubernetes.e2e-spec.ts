import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { z } from 'zod';
import { readConfig, readEnvironment } from '../lib/cli/config-file.js';
import { program } from '../lib/cli/program.js';
import { sidecarConfig } from '../lib/cli/sidecar-config.js';
import { parseOptions } from '../lib/options/parse-options.js';
import {
  containersOf,
  deploymentsOf,
  filesOf,
  manifestsOf,
  MANIFESTS,
  problemsIn,
  readYaml,
  type Kustomization,
} from './support/manifests.js';
import { readFileSync } from 'node:fs';

const FOLDERS = ['base', 'overlays/redis-gateway'];
const OVERLAY = join(MANIFESTS, 'overlays/redis-gateway');
const ALL = manifestsOf(OVERLAY);
const DEPLOYMENTS = deploymentsOf(ALL);
const CONFIG_MAPS = FOLDERS.flatMap((folder) => kustomizationOf(folder).configMapGenerator);
/** Milliseconds, behind the grace, for webhooks, logs and the last figures. */
const LAST_THINGS = 5_000;

const kustomization = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  namespace: z.string(),
  resources: z.array(z.string()),
  configMapGenerator: z.array(
    z.strictObject({
      name: z.string(),
      literals: z.array(z.string()).optional(),
      files: z.array(z.string()).optional(),
    }),
  ),
  images: z.array(z.strictObject({ name: z.string(), newName: z.string(), newTag: z.string() })).optional(),
  patches: z
    .array(
      z.strictObject({ path: z.string(), target: z.strictObject({ kind: z.string(), labelSelector: z.string() }) }),
    )
    .optional(),
});

function kustomizationOf(folder: string): Kustomization {
  return readYaml(join(MANIFESTS, folder, 'kustomization.yaml')) as Kustomization;
}

/** The environment that a container gets; what is secret is made up. */
function environmentOf({ envFrom = [], env = [] }: ReturnType<typeof containersOf>[number]): Record<string, string> {
  const maps = envFrom.flatMap(({ configMapRef }) => CONFIG_MAPS.filter(({ name }) => name === configMapRef?.name));
  const literals = maps.flatMap(({ literals: all = [] }) => all.map((literal) => literal.split(/=(.*)/s)));
  const own = env.map(({ name, value }) => [name, value ?? `redis://of.${name.toLowerCase()}`]);
  return Object.fromEntries([...literals.map(([name, value]) => [name, value]), ...own]) as Record<string, string>;
}

const gateways = DEPLOYMENTS.map((deployment) => ({
  name: deployment.metadata!.name!,
  pod: deployment.spec!.template.spec!,
  container: containersOf(deployment).find(({ name }) => name === 'blue-green')!,
}));

describe('The manifests', () => {
  test('are what the definitions of Kubernetes allow, to the last field', () => {
    expect(problemsIn(ALL)).toEqual([]);
  });

  test('would not pass with a field that nobody knows, one that is missing, or one of the wrong kind', () => {
    const [deployment] = structuredClone(DEPLOYMENTS);
    const unknown = structuredClone(deployment!);
    Object.assign(unknown.spec!.template.spec!.containers[0]!, { livenesProbe: {} });
    const missing = { ...deployment, spec: { template: deployment!.spec!.template } };
    const wrong = { ...deployment, spec: { ...deployment!.spec, replicas: '2' } };
    expect(problemsIn([unknown, missing, wrong])).toEqual([
      expect.stringContaining('livenesProbe'),
      expect.stringContaining('selector'),
      expect.stringContaining("'string' is not assignable"),
    ]);
  });

  test.each(FOLDERS)('of %s are all in the kustomization, and all that it names are there', (folder) => {
    const { resources, patches = [], configMapGenerator } = kustomization.parse(kustomizationOf(folder));
    const files = configMapGenerator.flatMap(({ files: all = [] }) => all);
    const named = [...resources, ...files, ...patches.map(({ path }) => path)].filter((name) => !name.startsWith('..'));
    expect(filesOf(join(MANIFESTS, folder)).toSorted()).toEqual(['kustomization.yaml', ...named].toSorted());
  });

  test('patch what is there', () => {
    const { path, target } = kustomizationOf('overlays/redis-gateway').patches![0]!;
    const [label, value] = target.labelSelector.split('=') as [string, string];
    const patched = DEPLOYMENTS.filter(({ metadata }) => metadata?.labels?.[label] === value);
    expect(patched).toHaveLength(2);
    const names = containersOf(readYaml(join(OVERLAY, path)) as never).map(({ name }) => name);
    for (const deployment of patched) expect(containersOf(deployment).map(({ name }) => name)).toEqual(names);
  });

  test('select pods and ports that exist, and read maps that are made', () => {
    const pods = DEPLOYMENTS.map(({ spec }) => spec!.template);
    const labelled = (labels: object) => pods.filter(({ metadata }) => isPart(labels, metadata?.labels));
    for (const { spec } of DEPLOYMENTS)
      expect(isPart(spec!.selector.matchLabels, spec!.template.metadata?.labels)).toBe(true);
    for (const manifest of ALL) {
      if (manifest.kind === 'PodDisruptionBudget')
        expect(labelled(manifest.spec!.selector!.matchLabels!)).toHaveLength(1);
      if (manifest.kind !== 'Service') continue;
      const [pod] = labelled(manifest.spec!.selector!);
      const ports = pod!.spec!.containers.flatMap(({ ports: all = [] }) => all.map(({ name }) => name));
      expect(ports).toContain(manifest.spec!.ports![0]!.targetPort);
    }
    const made = new Set(CONFIG_MAPS.map(({ name }) => name));
    const read = JSON.stringify(ALL).matchAll(/"(?:configMapRef|configMap)":\{"name":"([^"]+)"/g);
    expect([...read].map(([, name]) => name).filter((name) => !made.has(name!))).toEqual([]);
  });

  test.each(DEPLOYMENTS.map((deployment) => [deployment.metadata!.name!, deployment] as const))(
    'of %s run as nobody, with nothing allowed and nothing to write to',
    (_name, deployment) => {
      expect(deployment.spec!.template.spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const { securityContext, resources } of containersOf(deployment)) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(resources).toMatchObject({
          requests: { cpu: expect.any(String) },
          limits: { memory: expect.any(String) },
        });
      }
    },
  );
});

describe.each(gateways)('The gateway in $name', ({ pod, container }) => {
  const args = container.args!;
  const serve = program().commands.find((command) => command.name() === 'serve')!;
  const { unknown, operands } = serve.parseOptions(args);
  const file = serve.opts<{ config?: string }>().config;

  test('gets arguments that the command line knows', () => {
    expect({ unknown, operands }).toEqual({ unknown: [], operands: [] });
    if (file === undefined) {
      expect(args).toEqual(['--mode=blue-green', '--blue-weight=85', '--green-weight=15', '--monitor-interval=30s']);
    } else expect(file).toBe(`${container.volumeMounts![0]!.mountPath}/blue-green.yaml`);
  });

  test('gets a configuration that can be used, with every variable that it reads, and ends before it is killed', () => {
    const env = environmentOf(container);
    const text = file === undefined ? undefined : readFileSync(join(OVERLAY, 'blue-green.yaml'), 'utf8');
    const { options, port = 8080 } =
      text === undefined ? readEnvironment(sidecarConfig(env), env) : readConfig(text, env);
    expect(options.keys).not.toHaveLength(0);
    const { blue, green } = options.routes['default']!.environments;
    expect(blue!.apiKey).not.toBe(green!.apiKey);
    const { shutdown } = parseOptions(options);
    expect(pod.terminationGracePeriodSeconds! * 1_000).toBeGreaterThanOrEqual(shutdown.grace + LAST_THINGS);
    expect(container.ports).toEqual([{ name: 'gateway', containerPort: port }]);
  });

  test('is probed where it answers', () => {
    const { startupProbe, readinessProbe, livenessProbe } = container;
    const paths = [startupProbe, readinessProbe, livenessProbe].map((probe) => probe?.httpGet);
    expect(paths).toEqual(['/health/live', '/health/ready', '/health/live'].map((path) => ({ path, port: 'gateway' })));
  });

  test('has its secrets by reference', () => {
    const secret = container.env!.filter(({ name }) => /KEY|URL|SECRET/.test(name));
    expect(secret.length).toBeGreaterThan(1);
    for (const { valueFrom } of secret) expect(valueFrom?.secretKeyRef?.name).toBe('blue-green');
  });
});

function isPart(part: object | undefined, whole: object | undefined): boolean {
  return Object.entries(part ?? {}).every(([name, value]) => Reflect.get(whole ?? {}, name) === value);
}
