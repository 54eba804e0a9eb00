/**
 * Follows a text through a pattern byte by byte. A place in the pattern is a state: an immutable object that may be
 * kept, shared and gone on from any number of times, so trying a token costs its bytes and undoes nothing.
 *
 * The pattern becomes a nondeterministic automaton (Thompson 1968) whose pieces are made when they are first reached,
 * and that a deterministic one by keeping sets of its nodes (Rabin and Scott 1959), again only those that texts get
 * to. Both are remembered: after some texts a step is one look-up.
 */
import type { Pattern } from './pattern';
import { type ByteRange, complement, utf8Ranges } from './utf8-ranges';

type Node =
  | { readonly kind: 'byte'; readonly id: number; readonly range: ByteRange; readonly next: Node }
  | { readonly kind: 'split'; readonly id: number; readonly to: readonly Node[] }
  | { readonly kind: 'later'; readonly id: number; readonly make: () => Node; made?: Node }
  | { readonly kind: 'end'; readonly id: number };

const utf8 = new TextEncoder();

/** A place in the pattern. Equal places are the same object. */
export class AutomatonState {
  /** The text so far is one of the pattern. */
  readonly canEnd: boolean;
  /** By byte; null where nothing goes on. */
  private readonly known: (AutomatonState | null | undefined)[] = new Array(256);

  constructor(
    private readonly automaton: ByteAutomaton,
    private readonly nodes: readonly Node[],
  ) {
    this.canEnd = nodes.some((node) => node.kind === 'end');
  }

  /** The place after one more byte; undefined if no text of the pattern goes on so. */
  next(byte: number): AutomatonState | undefined {
    const known = this.known[byte];
    if (known !== undefined) return known ?? undefined;
    const reached = this.nodes.flatMap((node) =>
      node.kind === 'byte' && byte >= node.range[0] && byte <= node.range[1] ? [node.next] : [],
    );
    const state = reached.length === 0 ? undefined : this.automaton.stateOf(reached);
    this.known[byte] = state ?? null;
    return state;
  }

  /** The place after more bytes. */
  after(bytes: ArrayLike<number>): AutomatonState | undefined {
    let state: AutomatonState | undefined = this;
    for (let i = 0; i < bytes.length && state; i++) state = state.next(bytes[i]);
    return state;
  }

  afterText(text: string): AutomatonState | undefined {
    return this.after(utf8.encode(text));
  }

  /** The bytes that may come next, ascending. */
  nextBytes(): readonly number[] {
    const bytes = new Set<number>();
    for (const node of this.nodes) {
      if (node.kind !== 'byte') continue;
      for (let byte = node.range[0]; byte <= node.range[1]; byte++) bytes.add(byte);
    }
    return [...bytes].sort((a, b) => a - b);
  }

  /** What must come next, as far as there is one way only; '' where there is a choice, the end being one. */
  forced(): string {
    const bytes: number[] = [];
    let state: AutomatonState = this;
    while (!state.canEnd) {
      const [only, ...others] = state.nextBytes();
      const next = others.length === 0 ? state.next(only) : undefined;
      if (!next) break;
      bytes.push(only);
      state = next;
    }
    return new TextDecoder().decode(Uint8Array.from(bytes));
  }
}

export class ByteAutomaton {
  readonly start: AutomatonState;
  private readonly states = new Map<string, AutomatonState>();
  private issued = 0;

  constructor(pattern: Pattern) {
    this.start = this.stateOf([this.build(pattern, { kind: 'end', id: this.issued++ })]);
  }

  /** The state of these nodes and what is reached from them without a byte. */
  stateOf(nodes: readonly Node[]): AutomatonState {
    const found = new Map<number, Node>();
    const open = [...nodes];
    for (let node = open.pop(); node; node = open.pop()) {
      if (found.has(node.id)) continue;
      found.set(node.id, node);
      if (node.kind === 'split') open.push(...node.to);
      if (node.kind === 'later') {
        node.made ??= node.make();
        open.push(node.made);
      }
    }
    const kept = [...found.values()]
      .filter(({ kind }) => kind === 'byte' || kind === 'end')
      .sort((a, b) => a.id - b.id);
    const key = kept.map(({ id }) => id).join(' ');
    const state = this.states.get(key) ?? new AutomatonState(this, kept);
    this.states.set(key, state);
    return state;
  }

  /** The first node of `pattern` followed by `next`. */
  private build(pattern: Pattern, next: Node): Node {
    switch (pattern.kind) {
      case 'text':
        return [...utf8.encode(pattern.text)].reduceRight(
          (after, byte) => this.byte([byte, byte], after),
          next,
        );
      case 'character': {
        const ranges = pattern.except ? complement(pattern.ranges) : pattern.ranges;
        const ways = utf8Ranges(ranges).map((bytes) =>
          bytes.reduceRight((after, range) => this.byte(range, after), next),
        );
        return this.split(ways);
      }
      case 'sequence':
        return pattern.parts.reduceRight((after, part) => this.build(part, after), next);
      case 'choice':
        return this.split(pattern.options.map((option) => this.build(option, next)));
      case 'repeated':
        return this.repeat(pattern.part, pattern.most, next);
      case 'rule':
        return this.build(pattern.body, next);
    }
  }

  private repeat(part: Pattern, most: number, next: Node): Node {
    if (most <= 0) return next;
    const ways: Node[] = [next];
    const node = this.split(ways);
    ways.push(
      this.later(() => this.build(part, most === Infinity ? node : this.repeat(part, most - 1, next))),
    );
    return node;
  }

  private byte(range: ByteRange, next: Node): Node {
    return { kind: 'byte', id: this.issued++, range, next };
  }

  private split(to: readonly Node[]): Node {
    return { kind: 'split', id: this.issued++, to };
  }

  private later(make: () => Node): Node {
    return { kind: 'later', id: this.issued++, make };
  }
}
