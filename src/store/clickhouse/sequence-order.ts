/**
 * Puts the events of each sequence in order: the engine gives them as its threads met them. Sequences are short and mostly in
 * order already, so this is cheaper here than sorting arrays there.
 */

/** Up to this many events are put in order one by one. */
const insertionMax = 32;

/**
 * @param words the events as integers of `width` words each, the lowest word first
 * @param ends where each sequence ends, in events
 */
export function orderSequences(words: Uint32Array, ends: Uint32Array, width: number): void {
  const order = new Order(words, width);
  let from = 0;
  for (let i = 0; i < ends.length; i++) {
    order.sort(from, ends[i]!);
    from = ends[i]!;
  }
}

class Order {
  readonly #words: Uint32Array;
  readonly #width: number;

  constructor(words: Uint32Array, width: number) {
    this.#words = words;
    this.#width = width;
  }

  sort(from: number, to: number): void {
    let sorted = from + 1;
    while (sorted < to && this.#compare(sorted - 1, sorted) <= 0) sorted++;
    if (sorted >= to) return;
    if (to - from <= insertionMax) this.#insert(from, sorted, to);
    else this.#permute(from, to);
  }

  #compare(a: number, b: number): number {
    const words = this.#words;
    const width = this.#width;
    for (let word = width - 1; word >= 0; word--) {
      const difference = words[a * width + word]! - words[b * width + word]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  #insert(from: number, sorted: number, to: number): void {
    for (let i = sorted; i < to; i++)
      for (let at = i; at > from && this.#compare(at - 1, at) > 0; at--) this.#swap(at - 1, at);
  }

  #swap(a: number, b: number): void {
    const words = this.#words;
    const width = this.#width;
    for (let word = 0; word < width; word++) {
      const value = words[a * width + word]!;
      words[a * width + word] = words[b * width + word]!;
      words[b * width + word] = value;
    }
  }

  #permute(from: number, to: number): void {
    const width = this.#width;
    const order = Uint32Array.from({ length: to - from }, (_, i) => from + i).sort((a, b) =>
      this.#compare(a, b),
    );
    const moved = this.#words.slice(from * width, to * width);
    for (let i = 0; i < order.length; i++) {
      const at = (order[i]! - from) * width;
      this.#words.set(moved.subarray(at, at + width), (from + i) * width);
    }
  }
}
