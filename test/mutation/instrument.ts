import { parse, type AnyNode } from 'acorn';
import { variantsOf, type Role, type Variant } from './operators.js';

/** Where a mutant is in a compiled file, and what it writes there. */
interface Mutation extends Variant {
  /** Offset in the source. */
  at: number;
  original: string;
}

export interface Instrumented {
  code: string;
  mutations: Mutation[];
}

/**
 * All mutants of a file in one source: each is asked for by its number, `$mutant(7) ? broken : original`, and at most
 * one is ever on. So a file is compiled once, not once a mutant. `firstId` is the number of the first.
 */
export function instrument(source: string, firstId: number): Instrumented {
  const mutations: Mutation[] = [];
  const write = (node: AnyNode): string => source.slice(node.start, node.end);

  const add = (node: AnyNode, variant: Variant): string => {
    const original = write(node);
    return `$mutant(${firstId + mutations.push({ ...variant, at: node.start, original }) - 1})`;
  };

  const emit = (node: AnyNode, role: Role): string => {
    if (isForeign(node)) return write(node);
    const asked = variantsOf(node, role, write).map((variant) => `${add(node, variant)} ? (${variant.replacement}) : `);
    const inner = inside(node, role);
    return asked.length > 0 ? `(${asked.join('')}(${inner}))` : inner;
  };

  const inside = (node: AnyNode, role: Role): string => {
    const roles = rolesIn(node, role);
    let code = '';
    let end = node.start;
    const parts = childrenOf(node);
    const without = leftOut(node, role);
    const first = without && parts.find(({ start }) => start >= without.from);
    for (const part of parts) {
      code += source.slice(end, part.start);
      if (without && part === first) code += `{ if (!${add(node, without.variant)}) {`;
      code += emit(part, roles(part));
      end = part.end;
    }
    if (!without) return code + source.slice(end, node.end);
    const close = node.type === 'BlockStatement' ? node.end - 1 : node.end;
    return `${code}${source.slice(end, close)}}}${source.slice(close, node.end)}`;
  };

  const code = emit(parse(source, { ecmaVersion: 2023, sourceType: 'module' }), 'none');
  return { code: code.replace(/\/\/# sourceMappingURL=.*$/m, ''), mutations };
}

/**
 * What is left out of a node as a whole: the statements of a block or of a case, or a call nobody reads the result of.
 */
function leftOut(node: AnyNode, role: Role): { from: number; variant: Variant } | undefined {
  const variant = (operator: string): { from: number; variant: Variant } => ({
    from: node.start,
    variant: { operator, replacement: '' },
  });
  if (node.type === 'BlockStatement') {
    const [only, ...others] = node.body;
    if (!only || role === 'guarded' || (role === 'body' && others.length === 0 && only.type === 'ReturnStatement'))
      return;
    return variant('block');
  }
  if (node.type === 'SwitchCase') {
    const [first] = node.consequent;
    return first && { ...variant('case'), from: first.start };
  }
  if (node.type !== 'ExpressionStatement') return;
  const call = node.expression.type === 'AwaitExpression' ? node.expression.argument : node.expression;
  return call.type === 'CallExpression' && call.callee.type !== 'Super' ? variant('call') : undefined;
}

function rolesIn(node: AnyNode, role: Role): (part: AnyNode) => Role {
  switch (node.type) {
    case 'IfStatement':
      return (part) => {
        if (part === node.test) return 'condition';
        return part === node.consequent && !node.alternate ? 'guarded' : 'none';
      };
    case 'ConditionalExpression':
      return (part) => (part === node.test ? 'condition' : 'none');
    case 'ForStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      return (part) => (part === node.test ? 'loop' : 'none');
    case 'ReturnStatement':
      return () => 'result';
    case 'ArrowFunctionExpression':
      return (part) => {
        if (part !== node.body) return 'none';
        return node.expression ? 'result' : 'body';
      };
    case 'FunctionDeclaration':
      return (part) => (part === node.body ? 'body' : 'none');
    case 'FunctionExpression':
      return (part) => (part === node.body && role !== 'guarded' ? 'body' : role);
    case 'MethodDefinition':
      return () => (node.kind === 'constructor' ? 'guarded' : 'none');
    case 'BinaryExpression':
      return () => (node.operator === '===' || node.operator === '!==' ? 'compared' : 'none');
    case 'SwitchCase':
      return (part) => (part === node.test ? 'compared' : 'none');
    case 'ChainExpression':
      return () => 'link';
    case 'MemberExpression':
      return (part) => (role === 'link' && part === node.object ? 'link' : 'none');
    case 'CallExpression':
      return (part) => (role === 'link' && part === node.callee ? 'link' : 'none');
    default:
      return () => 'none';
  }
}

/** What is not ours to break: imports, and the helpers and metadata that the compiler writes for decorators. */
function isForeign(node: AnyNode): boolean {
  if (node.type === 'ImportDeclaration' || node.type === 'ExportAllDeclaration') return true;
  if (node.type === 'ExportNamedDeclaration') return !node.declaration;
  if (node.type === 'VariableDeclaration') return node.declarations.some(({ id }) => isHelper(id));
  return node.type === 'CallExpression' && isHelper(node.callee);
}

const isHelper = (node: AnyNode): boolean => node.type === 'Identifier' && node.name.startsWith('__');

function childrenOf(node: AnyNode): AnyNode[] {
  const key = 'key' in node && 'computed' in node && !node.computed ? node.key : undefined;
  return Object.values(node)
    .flat()
    .filter(isNode)
    .filter((part) => part !== key)
    .toSorted((a, b) => a.start - b.start);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value;
}
