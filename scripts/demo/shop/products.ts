/** What the demo's shop sells, and what it costs in each currency. */
import type { Random } from '../random.ts';

export type Currency = 'EUR' | 'USD' | 'GBP';

export interface Product {
  readonly id: string;
  readonly category: string;
  readonly name: string;
  /** In cents. */
  readonly price: Readonly<Record<Currency, number>>;
}

const product = (
  id: string,
  category: string,
  name: string,
  [EUR, USD, GBP]: readonly [number, number, number],
): Product => ({
  id,
  category,
  name,
  price: { EUR, USD, GBP },
});

/** With how often each is looked at. */
const shelf: readonly (readonly [Product, number])[] = [
  [product('sencha-100', 'tea', 'Sencha, 100 g', [990, 1090, 890]), 18],
  [product('earl-grey-250', 'tea', 'Earl Grey, 250 g', [1450, 1590, 1290]), 16],
  [product('oolong-50', 'tea', 'Oolong, 50 g', [1890, 1990, 1690]), 9],
  [product('rooibos-250', 'tea', 'Rooibos, 250 g', [1150, 1250, 990]), 7],
  [product('espresso-1000', 'coffee', 'Espresso beans, 1 kg', [2490, 2690, 2190]), 15],
  [product('filter-500', 'coffee', 'Filter coffee, 500 g', [1290, 1390, 1150]), 12],
  [product('decaf-500', 'coffee', 'Decaf beans, 500 g', [1390, 1490, 1250]), 5],
  [product('teapot-glass', 'ware', 'Glass teapot', [3900, 4200, 3500]), 7],
  [product('grinder-hand', 'ware', 'Hand grinder', [8900, 9500, 7900]), 5],
  [product('kettle-gooseneck', 'ware', 'Gooseneck kettle', [12900, 13900, 11500]), 4],
  [product('cups-pair', 'ware', 'Two cups', [2200, 2400, 1950]), 6],
];

export const categories = ['tea', 'coffee', 'ware'] as const;

export const drawProduct = (random: Random): Product => random.weighted(shelf);

/** Cents as the decimal text that an event's amount is. */
export const decimal = (cents: number): string => (cents / 100).toFixed(2);
