import { isObject, parseJson, type JsonObject } from '../kit/json.js';

/**
 * Files of the app, as the engine of the Nest CLI hands them over. Structural: the engine is not a dependency of ours.
 */
export interface Tree {
  read(path: string): Uint8Array | null;
  create(path: string, content: string): void;
  overwrite(path: string, content: string): void;
  getDir(path: string): Directory;
}

interface Directory {
  readonly subfiles: readonly string[];
  readonly subdirs: readonly string[];
}

/** The engine beside the files. */
export interface Context {
  readonly logger: { info(message: string): void; warn(message: string): void };
  addTask(task: { toConfiguration(): { name: string; options: object } }): unknown;
}

export function textOf(tree: Tree, path: string): string | undefined {
  const bytes = tree.read(path);
  return bytes ? new TextDecoder().decode(bytes) : undefined;
}

/** `undefined` where there is no file, and for JSON with comments. */
export function jsonOf(tree: Tree, path: string): JsonObject | undefined {
  const json = parseJson(textOf(tree, path) ?? '');
  return isObject(json) ? json : undefined;
}

/** Puts a file there unless there is one: what people made of it stays. */
export function createOnce(tree: Tree, path: string, content: string): void {
  if (tree.read(path) === null) tree.create(path, content);
}

export function overwriteJson(tree: Tree, path: string, json: JsonObject): void {
  tree.overwrite(path, `${JSON.stringify(json, null, 2)}\n`);
}

/** The text of every TypeScript file in a folder. */
export function sourcesIn(tree: Tree, folder: string): string[] {
  const { subfiles, subdirs } = tree.getDir(folder);
  const files = subfiles.filter((name) => name.endsWith('.ts'));
  return [
    ...files.map((name) => textOf(tree, `${folder}/${name}`) ?? ''),
    ...subdirs.flatMap((name) => sourcesIn(tree, `${folder}/${name}`)),
  ];
}
