import type { AnyNode } from 'acorn';

/** What a node is to the node around it. */
export type Role = 'condition' | 'loop' | 'result' | 'compared' | 'guarded' | 'body' | 'link' | 'none';

/** One way to break a piece of code: what is written instead of it. */
export interface Variant {
  operator: string;
  replacement: string;
}

type Swaps = Readonly<Record<string, readonly string[]>>;

const BINARY: Swaps = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '**': ['*'],
  '<<': ['>>'],
  '>>': ['<<'],
  '>>>': ['>>'],
  '&': ['|'],
  '|': ['&'],
  '^': ['&'],
};
const LOGICAL: Swaps = { '&&': ['||'], '||': ['&&'], '??': ['&&'] };
const ASSIGNMENT: Swaps = { '+=': ['-='], '-=': ['+='], '*=': ['/='], '/=': ['*='], '??=': ['&&='] };

/** Methods that are called in another's place; with nothing in its place the call is left out. */
const METHODS: Readonly<Record<string, string | undefined>> = {
  some: 'every',
  every: 'some',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  toLowerCase: 'toUpperCase',
  toUpperCase: 'toLowerCase',
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
  trim: undefined,
  slice: undefined,
  filter: undefined,
  sort: undefined,
  toSorted: undefined,
  reverse: undefined,
  toReversed: undefined,
};

const YES_OR_NO = new Set(['<', '<=', '>', '>=', '===', '!==', 'in', 'instanceof', '&&', '||', '!']);
const isYesOrNo = (node: AnyNode): boolean => 'operator' in node && YES_OR_NO.has(node.operator);
const isText = (node: AnyNode): boolean =>
  node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string');
/** What reads as false already, or has a mutant of its own that does. */
const isNothing = (node: AnyNode): boolean =>
  (node.type === 'Identifier' && node.name === 'undefined') ||
  (node.type === 'Literal' && typeof node.value === 'boolean');
/** Sentences are for people: a test that quotes one is a second copy of it. */
const isProse = (text: string): boolean => /\s/.test(text);

/** The ways to break an expression. `write` gives a node's source as it was. */
export function variantsOf(node: AnyNode, role: Role, write: (node: AnyNode) => string): Variant[] {
  const variants = role === 'link' ? [] : operations(node, role, write);
  if (role === 'condition' || (role === 'result' && isYesOrNo(node))) {
    variants.push({ operator: 'condition', replacement: 'true' }, { operator: 'condition', replacement: 'false' });
  } else if (role === 'loop') {
    variants.push({ operator: 'condition', replacement: 'false' });
  } else if (role === 'result' && !isNothing(node)) {
    variants.push({ operator: 'result', replacement: 'undefined' });
  }
  return variants;
}

function operations(node: AnyNode, role: Role, write: (node: AnyNode) => string): Variant[] {
  switch (node.type) {
    case 'BinaryExpression':
      if (isText(node.left) || (node.operator === '+' && isText(node.right))) return [];
      return swapped(
        'operator',
        BINARY[node.operator],
        (sign) => `(${write(node.left)}) ${sign} (${write(node.right)})`,
      );
    case 'LogicalExpression':
      return swapped('logic', LOGICAL[node.operator], (sign) => `(${write(node.left)}) ${sign} (${write(node.right)})`);
    case 'AssignmentExpression':
      if (isText(node.right)) return [];
      return swapped(
        'assignment',
        ASSIGNMENT[node.operator],
        (sign) => `${write(node.left)} ${sign} ${write(node.right)}`,
      );
    case 'UpdateExpression': {
      const sign = node.operator === '++' ? '--' : '++';
      return [
        {
          operator: 'assignment',
          replacement: node.prefix ? sign + write(node.argument) : write(node.argument) + sign,
        },
      ];
    }
    case 'UnaryExpression':
      return ['!', '-', '~'].includes(node.operator) ? [{ operator: 'sign', replacement: write(node.argument) }] : [];
    case 'Literal':
      return role === 'compared' && typeof node.value === 'string' ? [] : literal(node.value);
    case 'TemplateLiteral': {
      const text = node.quasis.map(({ value }) => value.raw).join('');
      return text === '' || isProse(text) ? [] : instead('``');
    }
    case 'ArrayExpression':
      return node.elements.length > 0 ? [{ operator: 'emptied', replacement: '[]' }] : [];
    case 'ObjectExpression':
      return node.properties.length > 0 ? [{ operator: 'emptied', replacement: '({})' }] : [];
    case 'CallExpression':
      return method(node, write);
    case 'ChainExpression':
      return unchained(node.expression, write);
    default:
      return [];
  }
}

function swapped(operator: string, signs: readonly string[] = [], written: (sign: string) => string): Variant[] {
  return signs.map((sign) => ({ operator, replacement: written(sign) }));
}

function literal(value: unknown): Variant[] {
  if (typeof value === 'boolean') return instead(`${!value}`);
  if (typeof value === 'number') return instead(`${value + 1}`);
  if (typeof value === 'bigint') return instead(`${value + 1n}n`);
  if (typeof value === 'string') return isProse(value) ? [] : instead(value === '' ? '"mutated"' : '""');
  if (!(value instanceof RegExp)) return [];
  const { source, flags } = value;
  const looser = [source.replace(/^\^/, ''), source.replace(/\$$/, '')].filter((other) => other !== source);
  return instead(...looser.map((other) => `/${other}/${flags}`));
}

function instead(...replacements: string[]): Variant[] {
  return replacements.map((replacement) => ({ operator: 'literal', replacement }));
}

function method(node: Extract<AnyNode, { type: 'CallExpression' }>, write: (node: AnyNode) => string): Variant[] {
  const { callee } = node;
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier' || callee.computed) return [];
  const { name } = callee.property;
  if (!Object.hasOwn(METHODS, name)) return [];
  const on = write(callee.object);
  const other = METHODS[name];
  if (other === undefined) return [{ operator: 'method', replacement: on }];
  return [{ operator: 'method', replacement: `${on}.${other}(${node.arguments.map((one) => write(one)).join(', ')})` }];
}

/** A chain with one of its question marks left out, for each of them. */
function unchained(expression: AnyNode, write: (node: AnyNode) => string): Variant[] {
  const whole = write(expression);
  const variants: Variant[] = [];
  for (let link: AnyNode = expression; link.type === 'MemberExpression' || link.type === 'CallExpression';) {
    const before: AnyNode = link.type === 'MemberExpression' ? link.object : link.callee;
    if (link.optional) {
      const at = whole.indexOf('?.', before.end - expression.start);
      const dot = '[('.includes(whole.charAt(at + 2)) ? '' : '.';
      variants.push({ operator: 'optional', replacement: whole.slice(0, at) + dot + whole.slice(at + 2) });
    }
    link = before;
  }
  return variants;
}
