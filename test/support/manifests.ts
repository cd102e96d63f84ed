import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { Container, Service } from 'kubernetes-types/core/v1.js';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import { parse, parseAllDocuments } from 'yaml';

const ROOT = new URL('../../../', import.meta.url).pathname;
export const MANIFESTS = join(ROOT, 'deploy/kubernetes');

export type Manifest = Deployment | Service | PodDisruptionBudget;

/** As much of a kustomization as ours are. */
export interface Kustomization {
  readonly namespace: string;
  readonly resources: string[];
  readonly configMapGenerator: readonly { name: string; literals?: string[]; files?: string[] }[];
  readonly images?: readonly { name: string; newName: string; newTag: string }[];
  readonly patches?: readonly { path: string; target: { kind: string; labelSelector: string } }[];
}

export function readYaml(path: string): unknown {
  return parse(readFileSync(path, 'utf8'));
}

/** Names of the files of a folder. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder);
}

/** The resources of a kustomization, those of its bases among them. */
export function manifestsOf(folder: string): Manifest[] {
  const { resources } = readYaml(join(folder, 'kustomization.yaml')) as Kustomization;
  return resources.flatMap((resource): Manifest[] => {
    if (!resource.endsWith('.yaml')) return manifestsOf(join(folder, resource));
    const documents = parseAllDocuments(readFileSync(join(folder, resource), 'utf8'));
    return documents.map((document) => document.toJS() as Manifest);
  });
}

export function deploymentsOf(manifests: readonly Manifest[]): Deployment[] {
  return manifests.filter((manifest): manifest is Deployment => manifest.kind === 'Deployment');
}

/** Sidecars too. */
export function containersOf({ spec }: Deployment): Container[] {
  const pod = spec?.template.spec;
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
}

/**
 * What Kubernetes would refuse: the types are made from its OpenAPI definitions, and the compiler takes no field in a
 * literal that they do not know.
 */
export function problemsIn(manifests: readonly object[]): string[] {
  const folder = mkdtempSync(join(dirname(new URL(import.meta.url).pathname), 'manifests-'));
  try {
    writeFileSync(join(folder, 'manifests.ts'), manifests.map(asCode).join('\n'));
    const flags = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', ''];
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, ...flags, '--pretty', 'false', 'manifests.ts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return stdout.split('\n').filter((line) => line.includes('error'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function asCode(manifest: object, index: number): string {
  const { apiVersion, kind } = manifest as Manifest;
  const group = apiVersion === 'v1' ? 'core/v1' : apiVersion;
  const type = `import('kubernetes-types/${group}.js').${kind}`;
  return `export const manifest${index}: ${type} = ${JSON.stringify(manifest, undefined, 1)};`;
}
