/**
 * Arithmetic over named series: + - * / ( ), numbers and names. Null where a part of it is null or what it divides by is 0.
 *
 *   sum     = product (("+" | "-") product)*
 *   product = factor (("*" | "/") factor)*
 *   factor  = number | name | "-" factor | "(" sum ")"
 */

export type FormulaNode =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'negative'; readonly of: FormulaNode }
  | { readonly kind: '+' | '-' | '*' | '/'; readonly left: FormulaNode; readonly right: FormulaNode };

const depthMax = 20;

/** What is wrong with a formula, in words. */
export class FormulaInvalid extends Error {
  override readonly name = 'FormulaInvalid';
}

/** `names`: what may stand in it. Errors: FormulaInvalid. */
export function parseFormula(text: string, names: readonly string[]): FormulaNode {
  return new FormulaParser(tokensOf(text), names).parse();
}

/** `numbers`: one for each name. */
export function formulaValue(node: FormulaNode, numbers: ReadonlyMap<string, number | null>): number | null {
  switch (node.kind) {
    case 'number':
      return node.value;
    case 'name':
      return numbers.get(node.name) ?? null;
    case 'negative': {
      const value = formulaValue(node.of, numbers);
      return value === null ? null : 0 - value;
    }
    default: {
      const left = formulaValue(node.left, numbers);
      const right = formulaValue(node.right, numbers);
      if (left === null || right === null) return null;
      const value = calculated(node.kind, left, right);
      return Number.isFinite(value) ? value : null;
    }
  }
}

function calculated(operator: '+' | '-' | '*' | '/', left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    default:
      return operator satisfies never;
  }
}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  const pattern = /\s*(?:(\d+(?:\.\d+)?|[A-Za-z_][A-Za-z0-9_]*|[-+*/()])|(\S))/gy;
  for (const [, token, wrong] of text.matchAll(pattern)) {
    if (token === undefined)
      throw new FormulaInvalid(`holds ${JSON.stringify(wrong)}; it may hold names, numbers, + - * / ( )`);
    tokens.push(token);
  }
  return tokens;
}

class FormulaParser {
  readonly #tokens: readonly string[];
  readonly #names: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[], names: readonly string[]) {
    this.#tokens = tokens;
    this.#names = names;
  }

  parse(): FormulaNode {
    const node = this.#sum(1);
    if (this.#at < this.#tokens.length) throw this.#unexpected();
    return node;
  }

  #sum(depth: number): FormulaNode {
    if (depth > depthMax) throw new FormulaInvalid(`is nested deeper than ${depthMax} levels`);
    let node = this.#product(depth);
    for (let kind = this.#takeOne('+', '-'); kind !== undefined; kind = this.#takeOne('+', '-'))
      node = { kind, left: node, right: this.#product(depth) };
    return node;
  }

  #product(depth: number): FormulaNode {
    let node = this.#factor(depth);
    for (let kind = this.#takeOne('*', '/'); kind !== undefined; kind = this.#takeOne('*', '/'))
      node = { kind, left: node, right: this.#factor(depth) };
    return node;
  }

  #factor(depth: number): FormulaNode {
    if (this.#takeOne('-') !== undefined) {
      if (depth > depthMax) throw new FormulaInvalid(`is nested deeper than ${depthMax} levels`);
      return { kind: 'negative', of: this.#factor(depth + 1) };
    }
    const token = this.#tokens[this.#at++];
    if (token === '(') {
      const node = this.#sum(depth + 1);
      if (this.#tokens[this.#at++] !== ')') throw new FormulaInvalid('has a ( without its )');
      return node;
    }
    if (token !== undefined && /^\d/.test(token)) return { kind: 'number', value: Number(token) };
    if (token !== undefined && /^[A-Za-z_]/.test(token)) return this.#name(token);
    this.#at--;
    throw this.#unexpected();
  }

  #name(name: string): FormulaNode {
    if (this.#names.includes(name)) return { kind: 'name', name };
    throw new FormulaInvalid(`names ${name}, which is no series; there are ${this.#names.join(', ')}`);
  }

  #takeOne<T extends string>(...kinds: readonly T[]): T | undefined {
    const found = kinds.find((kind) => kind === this.#tokens[this.#at]);
    if (found !== undefined) this.#at++;
    return found;
  }

  #unexpected(): FormulaInvalid {
    const token = this.#tokens[this.#at];
    return new FormulaInvalid(
      token === undefined ? 'ends too early' : `has ${token} where a number or a name should be`,
    );
  }
}
