/**
 * The regular expressions that a filter may use: the part that all engines read alike, parsed here so that nobody's own dialect
 * or flags matter. Searched anywhere in the text, by code points; `.` is anything but a line feed; \d \w \s are ASCII.
 *
 *   pattern   = branch ("|" branch)*
 *   branch    = (piece)*
 *   piece     = atom ("*" | "+" | "?" | "{" m ("," n?)? "}")? | "^" | "$"
 *   atom      = literal | "." | "\" escape | "[" "^"? item+ "]" | "(" "?:"? pattern ")"
 *
 * Counted repetitions are written out, so the size of what is left bounds the time that any automaton takes.
 */

/** A range of code points, both ends in it. */
type Span = readonly [from: number, to: number];

export type PatternNode =
  | { readonly kind: 'chars'; readonly spans: readonly Span[]; readonly negated: boolean }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly min: number; readonly max: number };

export const patternLengthMax = 200;
export const repetitionMax = 100;
/** Characters of the pattern once its repetitions are written out. */
export const patternSizeMax = 1_000;
const depthMax = 20;

/** What is wrong with a pattern, in words, and where. */
export class PatternInvalid extends Error {
  override readonly name = 'PatternInvalid';
}

/** Errors: PatternInvalid. */
export function parsePattern(pattern: string): PatternNode {
  if (pattern.length > patternLengthMax)
    throw new PatternInvalid(`must have at most ${patternLengthMax} characters`);
  const parser = new PatternParser([...pattern]);
  const node = parser.parse();
  if (sizeOf(node) > patternSizeMax)
    throw new PatternInvalid(
      `repeats more than ${patternSizeMax} characters when its repetitions are written out`,
    );
  return node;
}

function sizeOf(node: PatternNode): number {
  switch (node.kind) {
    case 'chars':
    case 'start':
    case 'end':
      return 1;
    case 'sequence':
    case 'choice':
      return node.parts.reduce((sum, part) => sum + sizeOf(part), 1);
    case 'repeat':
      return sizeOf(node.part) * Math.max(1, Number.isFinite(node.max) ? node.max : node.min);
    default:
      return node satisfies never;
  }
}

const digits: readonly Span[] = [[0x30, 0x39]];
const words: readonly Span[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const spaces: readonly Span[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
];
const classes: ReadonlyMap<string, readonly Span[]> = new Map([
  ['d', digits],
  ['w', words],
  ['s', spaces],
]);
const controls: ReadonlyMap<string, number> = new Map([
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['f', 0x0c],
  ['v', 0x0b],
]);
const special = new Set('\\^$.|?*+()[]{}');
const isPunctuation = (char: string): boolean => /^[!-/:-@[-`{-~]$/.test(char);

class PatternParser {
  readonly #chars: readonly string[];
  #at = 0;

  constructor(chars: readonly string[]) {
    this.#chars = chars;
  }

  parse(): PatternNode {
    const node = this.#choice(1);
    if (this.#at < this.#chars.length) throw this.#wrong('has a ) without its (');
    return node;
  }

  #choice(depth: number): PatternNode {
    if (depth > depthMax) throw this.#wrong(`is nested deeper than ${depthMax} levels`);
    const parts = [this.#sequence(depth)];
    while (this.#take('|')) parts.push(this.#sequence(depth));
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  #sequence(depth: number): PatternNode {
    const parts: PatternNode[] = [];
    for (let char = this.#peek(); char !== undefined && char !== '|' && char !== ')'; char = this.#peek())
      parts.push(this.#piece(depth));
    return { kind: 'sequence', parts };
  }

  #piece(depth: number): PatternNode {
    if (this.#take('^')) return this.#anchor({ kind: 'start' });
    if (this.#take('$')) return this.#anchor({ kind: 'end' });
    const part = this.#atom(depth);
    const bounds = this.#bounds();
    if (bounds === undefined) return part;
    if (this.#isRepetition()) throw this.#wrong('repeats a repetition; put it in ( )');
    return { kind: 'repeat', part, ...bounds };
  }

  #anchor(node: PatternNode): PatternNode {
    if (this.#isRepetition()) throw this.#wrong('repeats ^ or $');
    return node;
  }

  #isRepetition(): boolean {
    return ['*', '+', '?', '{'].includes(this.#peek() ?? '');
  }

  #bounds(): { min: number; max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#take('?')) return { min: 0, max: 1 };
    if (!this.#take('{')) return undefined;
    const min = this.#number();
    const max = this.#take(',') ? (this.#peek() === '}' ? Number.POSITIVE_INFINITY : this.#number()) : min;
    if (!this.#take('}') || max < min) throw this.#wrong('has a repetition that is not {m}, {m,} or {m,n}');
    return { min, max };
  }

  #number(): number {
    let text = '';
    while (/^[0-9]$/.test(this.#peek() ?? '')) text += this.#next();
    const value = Number(text);
    if (text === '' || value > repetitionMax)
      throw this.#wrong(`has a repetition that is no number up to ${repetitionMax}`);
    return value;
  }

  #atom(depth: number): PatternNode {
    const char = this.#next();
    switch (char) {
      case '.':
        return { kind: 'chars', spans: [[0x0a, 0x0a]], negated: true };
      case '(':
        return this.#group(depth);
      case '[':
        return this.#class();
      case '\\':
        return this.#escape();
      default:
        if (special.has(char)) throw this.#wrong(`has a ${char} that stands for nothing; write \\${char}`);
        return literal(char);
    }
  }

  #group(depth: number): PatternNode {
    if (this.#take('?') && !this.#take(':')) throw this.#wrong('has a (? group that not every store knows');
    const node = this.#choice(depth + 1);
    if (!this.#take(')')) throw this.#wrong('has a ( without its )');
    return node;
  }

  #escape(): PatternNode {
    const char = this.#next();
    const found = classes.get(char.toLowerCase());
    if (found !== undefined) return { kind: 'chars', spans: found, negated: char !== char.toLowerCase() };
    return literal(this.#escaped(char));
  }

  /** The character that `\` and `char` stand for. */
  #escaped(char: string): string {
    const control = controls.get(char);
    if (control !== undefined) return String.fromCodePoint(control);
    if (isPunctuation(char)) return char;
    throw this.#wrong(`has \\${char}, which not every store knows`);
  }

  #class(): PatternNode {
    const negated = this.#take('^');
    const spans: Span[] = [];
    while (!this.#take(']')) spans.push(...this.#item());
    if (spans.length === 0) throw this.#wrong('has an empty [ ]');
    return { kind: 'chars', spans, negated };
  }

  #item(): readonly Span[] {
    const first = this.#next();
    if (first === '[') throw this.#wrong('has a [ within [ ]; write \\[');
    if (first === '\\') {
      const found = classes.get(this.#peek() ?? '');
      if (found !== undefined) {
        this.#next();
        return found;
      }
    }
    const from = first === '\\' ? this.#escaped(this.#next()) : first;
    if (this.#peek() !== '-' || this.#chars[this.#at + 1] === ']') return [spanOf(from, from)];
    this.#next();
    const last = this.#next();
    const to = last === '\\' ? this.#escaped(this.#next()) : last;
    const span = spanOf(from, to);
    if (span[0] > span[1]) throw this.#wrong(`has the range ${from}-${to}, which is empty`);
    return [span];
  }

  #peek(): string | undefined {
    return this.#chars[this.#at];
  }

  #next(): string {
    const char = this.#chars[this.#at++];
    if (char === undefined) throw this.#wrong('ends too early');
    if (char === '\0') throw this.#wrong('has a NUL character');
    return char;
  }

  #take(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at++;
    return true;
  }

  #wrong(what: string): PatternInvalid {
    return new PatternInvalid(`${what} (at character ${Math.min(this.#at, this.#chars.length)})`);
  }
}

const spanOf = (from: string, to: string): Span => [from.codePointAt(0)!, to.codePointAt(0)!];
const literal = (char: string): PatternNode => ({
  kind: 'chars',
  spans: [spanOf(char, char)],
  negated: false,
});

/** The pattern as JavaScript (with the flag u), RE2 and PostgreSQL read it alike. */
export function patternText(node: PatternNode): string {
  switch (node.kind) {
    case 'start':
      return '^';
    case 'end':
      return '$';
    case 'chars':
      return charsText(node.spans, node.negated);
    case 'sequence':
      return node.parts.map((part) => patternText(part)).join('');
    case 'choice':
      return `(?:${node.parts.map((part) => patternText(part)).join('|')})`;
    case 'repeat':
      return `(?:${patternText(node.part)})${boundsText(node.min, node.max)}`;
    default:
      return node satisfies never;
  }
}

function charsText(spans: readonly Span[], negated: boolean): string {
  const [only] = spans;
  if (!negated && spans.length === 1 && only![0] === only![1]) return charText(only![0]);
  const items = spans.map(([from, to]) =>
    from === to ? charText(from) : `${charText(from)}-${charText(to)}`,
  );
  return `[${negated ? '^' : ''}${items.join('')}]`;
}

function charText(code: number): string {
  const char = String.fromCodePoint(code);
  // `-` alone needs it within [ ], and with the flag u JavaScript takes it nowhere else
  return special.has(char) || char === '/' ? `\\${char}` : char === '-' ? '\\x2d' : char;
}

function boundsText(min: number, max: number): string {
  if (min === 0 && max === 1) return '?';
  if (max !== Number.POSITIVE_INFINITY) return min === max ? `{${min}}` : `{${min},${max}}`;
  return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
}
