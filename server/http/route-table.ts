import type { Method } from './route.ts';

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  /** The one branch that takes any segment. */
  any: Node<T> | undefined;
  readonly byMethod: Map<Method, { readonly value: T; readonly names: readonly string[] }>;
}

export interface Found<T> {
  readonly value: T;
  /** Percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Rows by method and path template. A literal segment goes before a parameter, whatever the order of rows; a trailing
 * slash makes no difference. Looking up costs as many steps as the path has segments, however many rows there are.
 */
export class RouteTable<T> {
  readonly #root: Node<T> = makeNode();

  constructor(rows: readonly { readonly method: Method; readonly path: string; readonly value: T }[]) {
    for (const { method, path, value } of rows) this.#add(method, path, value);
  }

  find(method: Method, path: string): Found<T> | undefined {
    const segments = segmentsOf(path);
    const node = segments && walk(this.#root, segments, 0, (candidate) => candidate.byMethod.has(method));
    const row = node?.byMethod.get(method);
    if (!row || !segments) return undefined;
    return { value: row.value, params: paramsOf(row.names, segments) };
  }

  /** Methods that the path has; empty when there is no such path. */
  methodsOf(path: string): readonly Method[] {
    const segments = segmentsOf(path);
    const node = segments && walk(this.#root, segments, 0, (candidate) => candidate.byMethod.size > 0);
    return node ? [...node.byMethod.keys()] : [];
  }

  #add(method: Method, path: string, value: T): void {
    const names: string[] = [];
    let node = this.#root;
    for (const segment of path.split('/').filter((part) => part !== '')) {
      const isParam = segment.startsWith('{');
      names.push(isParam ? segment.slice(1, -1) : '');
      node = isParam ? (node.any ??= makeNode()) : literalUnder(node, segment);
    }
    if (node.byMethod.has(method)) throw new Error(`Two rows for ${method} ${path}`);
    node.byMethod.set(method, { value, names });
  }
}

function makeNode<T>(): Node<T> {
  return { literals: new Map(), any: undefined, byMethod: new Map() };
}

function literalUnder<T>(node: Node<T>, segment: string): Node<T> {
  const known = node.literals.get(segment);
  if (known) return known;
  const made = makeNode<T>();
  node.literals.set(segment, made);
  return made;
}

/** Depth first, literals before the parameter, going back where a literal leads nowhere. */
function walk<T>(
  node: Node<T>,
  segments: readonly string[],
  depth: number,
  fits: (node: Node<T>) => boolean,
): Node<T> | undefined {
  const segment = segments[depth];
  if (segment === undefined) return fits(node) ? node : undefined;
  const literal = node.literals.get(segment);
  const found = literal && walk(literal, segments, depth + 1, fits);
  return found ?? (node.any && walk(node.any, segments, depth + 1, fits));
}

/** Undefined for a path that can't be decoded. */
function segmentsOf(path: string): readonly string[] | undefined {
  try {
    const parts = path.split('/').filter((part) => part !== '');
    return path.includes('%') ? parts.map(decodeURIComponent) : parts;
  } catch {
    return undefined;
  }
}

function paramsOf(names: readonly string[], segments: readonly string[]): Readonly<Record<string, string>> {
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) if (name !== '') params[name] = segments[index] ?? '';
  return params;
}
