/**
 * Whether a pattern is found in a text: all ways through it are followed at once, so time grows with the length of the text and
 * of the pattern, whatever either holds (Thompson, "Regular Expression Search Algorithm", 1968).
 */
import { type PatternNode, parsePattern } from './pattern.ts';

type Step =
  | { readonly kind: 'chars'; readonly node: Extract<PatternNode, { kind: 'chars' }> }
  | { readonly kind: 'start' | 'end' | 'found' }
  /** Goes on in two places. */
  | { readonly kind: 'fork'; to: number }
  | { readonly kind: 'jump'; to: number };

export class PatternMatcher {
  readonly #program: Step[] = [];

  /** Errors: PatternInvalid. */
  constructor(pattern: string) {
    this.#compile(parsePattern(pattern));
    this.#program.push({ kind: 'found' });
  }

  test(text: string): boolean {
    const chars = [...text];
    let states = new Set<number>();
    for (let at = 0; at <= chars.length; at++) {
      // a match may begin anywhere
      this.#follow(0, at, chars.length, states);
      const next = new Set<number>();
      for (const state of states) {
        const step = this.#program[state]!;
        if (step.kind === 'found') return true;
        if (step.kind === 'chars' && at < chars.length && holds(step.node, chars[at]!.codePointAt(0)!))
          this.#follow(state + 1, at + 1, chars.length, next);
      }
      states = next;
    }
    return false;
  }

  /** Adds the place and all that it leads to without a character. */
  #follow(state: number, at: number, length: number, states: Set<number>): void {
    const open = [state];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (states.has(place)) continue;
      states.add(place);
      const step = this.#program[place]!;
      if (step.kind === 'jump') open.push(step.to);
      else if (step.kind === 'fork') open.push(step.to, place + 1);
      else if ((step.kind === 'start' && at === 0) || (step.kind === 'end' && at === length))
        open.push(place + 1);
    }
  }

  #compile(node: PatternNode): void {
    const program = this.#program;
    switch (node.kind) {
      case 'chars':
        program.push({ kind: 'chars', node });
        return;
      case 'start':
      case 'end':
        program.push({ kind: node.kind });
        return;
      case 'sequence':
        for (const part of node.parts) this.#compile(part);
        return;
      case 'choice':
        this.#compileChoice(node.parts);
        return;
      case 'repeat':
        this.#compileRepeat(node);
        return;
      default:
        node satisfies never;
    }
  }

  #compileChoice(parts: readonly PatternNode[]): void {
    const program = this.#program;
    const jumps: { to: number }[] = [];
    for (const [i, part] of parts.entries()) {
      const isLast = i === parts.length - 1;
      const fork = { kind: 'fork' as const, to: 0 };
      if (!isLast) program.push(fork);
      this.#compile(part);
      if (isLast) break;
      const jump = { kind: 'jump' as const, to: 0 };
      program.push(jump);
      jumps.push(jump);
      fork.to = program.length;
    }
    for (const jump of jumps) jump.to = program.length;
  }

  #compileRepeat({ part, min, max }: Extract<PatternNode, { kind: 'repeat' }>): void {
    const program = this.#program;
    for (let i = 0; i < min; i++) this.#compile(part);
    if (max === Number.POSITIVE_INFINITY) {
      const fork = { kind: 'fork' as const, to: 0 };
      const begin = program.push(fork) - 1;
      this.#compile(part);
      program.push({ kind: 'jump', to: begin });
      fork.to = program.length;
      return;
    }
    const forks = Array.from({ length: max - min }, () => ({ kind: 'fork' as const, to: 0 }));
    for (const fork of forks) {
      program.push(fork);
      this.#compile(part);
    }
    for (const fork of forks) fork.to = program.length;
  }
}

function holds({ spans, negated }: Extract<PatternNode, { kind: 'chars' }>, code: number): boolean {
  return spans.some(([from, to]) => code >= from && code <= to) !== negated;
}
