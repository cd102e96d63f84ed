import type { ImportGraph } from './imports.js';

/** What each room may import; `undefined`: everything. */
export type Rules = ReadonlyMap<string, readonly string[] | undefined>;

/** A file of `lib/` itself is a room of its own, by its name. */
export function roomOf(file: string): string {
  const slash = file.indexOf('/');
  return slash < 0 ? file.replace(/\.tsx?$/, '') : file.slice(0, slash);
}

/**
 * Reads the table of rooms: `| `a`, `b` | `c`, `d` |`; the words "nothing of ours" and "everything" stand for
 * themselves.
 */
export function readRules(markdown: string): Rules {
  const rows = markdown.matchAll(/^\| (`[^|]*`) +\| ([^|]*?) +\|$/gm);
  return new Map(
    [...rows].flatMap(([, rooms, imports]) => namesIn(rooms!).map((room) => [room, allowedBy(imports!)] as const)),
  );
}

function allowedBy(words: string): readonly string[] | undefined {
  if (words === 'everything') return undefined;
  if (words !== 'nothing of ours' && namesIn(words).length === 0) throw new Error(`"${words}" names no room`);
  return namesIn(words);
}

function namesIn(words: string): string[] {
  return [...words.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
}

/** Every import that the rules do not allow, and every room without a rule, as sentences. */
export function violations(graph: ImportGraph, rules: Rules): string[] {
  const found: string[] = [];
  for (const [file, targets] of graph) {
    const room = roomOf(file);
    if (!rules.has(room)) found.push(`${file}: the room "${room}" has no row in the table`);
    const allowed = rules.get(room);
    for (const target of targets) {
      const other = roomOf(target);
      if (other !== room && allowed && !allowed.includes(other)) found.push(`${file} imports ${target}`);
    }
  }
  return found;
}

/** Groups of files, or of rooms, that import each other in a circle. */
export function circles(graph: ImportGraph): string[][] {
  return groups(graph).filter((group) => group.length > 1);
}

/** The same imports, seen from room to room. */
export function betweenRooms(graph: ImportGraph): ImportGraph {
  const rooms = new Map<string, string[]>();
  for (const [file, targets] of graph) {
    const room = roomOf(file);
    const others = targets.map(roomOf).filter((other) => other !== room);
    rooms.set(room, [...new Set([...(rooms.get(room) ?? []), ...others])]);
  }
  return rooms;
}

/** Strongly connected components: Tarjan, SIAM Journal on Computing 1(2), 1972. */
function groups(graph: ImportGraph): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const enter = (node: string): void => {
    order.set(node, order.size);
    low.set(node, order.get(node)!);
    open.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) enter(next);
      if (open.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    }
    if (low.get(node) === order.get(node)) found.push(open.splice(open.indexOf(node)));
  };
  for (const node of graph.keys()) if (!order.has(node)) enter(node);
  return found;
}
