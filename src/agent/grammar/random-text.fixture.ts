/** Random texts of a pattern, and walks through an automaton, for tests. */
import type { AutomatonState } from './byte-automaton';
import type { CharacterRange, Pattern } from './pattern';
import { complement } from './utf8-ranges';

/** A text of the pattern, by its structure alone: knows nothing of automata. */
export function randomTextOf(pattern: Pattern, random: () => number): string {
  switch (pattern.kind) {
    case 'text':
      return pattern.text;
    case 'character':
      return randomCharacter(pattern.except ? complement(pattern.ranges) : pattern.ranges, random);
    case 'sequence':
      return pattern.parts.map((part) => randomTextOf(part, random)).join('');
    case 'choice':
      return randomTextOf(pattern.options[Math.floor(random() * pattern.options.length)], random);
    case 'repeated': {
      let text = '';
      for (let i = 0; i < pattern.most && random() < 0.6; i++) text += randomTextOf(pattern.part, random);
      return text;
    }
    case 'rule':
      return randomTextOf(pattern.body, random);
  }
}

/** Mostly ASCII; else the ends of a range, or anything within it that is no surrogate. */
function randomCharacter(ranges: readonly CharacterRange[], random: () => number): string {
  for (;;) {
    const [from, to] = ranges[Math.floor(random() * ranges.length)];
    const kind = random();
    const high = kind < 0.7 ? Math.min(to, Math.max(from, 0x7e)) : to;
    const code = kind > 0.9 ? (kind > 0.95 ? from : to) : from + Math.floor(random() * (high - from + 1));
    if (code < 0xd800 || code > 0xdfff) return String.fromCodePoint(code);
  }
}

/** The fewest bytes from here to an end; undefined from a dead end. */
export function shortestEnd(state: AutomatonState): Uint8Array | undefined {
  const seen = new Set([state]);
  let open: { readonly state: AutomatonState; readonly bytes: readonly number[] }[] = [{ state, bytes: [] }];
  while (open.length > 0) {
    const further: typeof open = [];
    for (const { state: here, bytes } of open) {
      if (here.canEnd) return Uint8Array.from(bytes);
      for (const byte of here.nextBytes()) {
        const next = here.next(byte);
        if (!next || seen.has(next)) continue;
        seen.add(next);
        further.push({ state: next, bytes: [...bytes, byte] });
      }
    }
    open = further;
  }
  return undefined;
}
