/**
 * One visit to the demo's shop, as the events that it leaves: pages, perhaps a product, the cart, the checkout (where the
 * experiment is seen), the purchase, and what the shop's own server adds later: the shipment, sometimes a refund.
 */
import type { Random } from '../random.ts';
import type { DemoEvent } from '../send.ts';
import type { Arrival } from './arrival.ts';
import { categories, decimal, drawProduct, type Product } from './products.ts';
import type { Visitor } from './visitor.ts';

export interface VisitParts {
  readonly random: Random;
  readonly visitor: Visitor;
  readonly arrival: Arrival;
  /** Epoch milliseconds. */
  readonly startsAt: number;
  readonly newId: () => string;
  readonly newUserId: () => string;
}

const site = 'https://shop.example';
export const experimentId = 'checkout-page';
/** Of those who begin to pay, how many do: the difference that the experiment is there to find. */
const paidShare = { control: 0.54, 'one-page': 0.65 } as const;
const dayMs = 86_400_000;

/** In the order of time, except that what the server adds lies days later. */
export function visitEvents(parts: VisitParts): DemoEvent[] {
  const visit = new Visit(parts);
  if (parts.visitor.isBot) visit.crawl();
  else visit.walk();
  parts.visitor.visits += 1;
  return visit.events;
}

class Visit {
  readonly events: DemoEvent[] = [];
  readonly #parts: VisitParts;
  readonly #random: Random;
  readonly #visitor: Visitor;
  #at: number;

  constructor(parts: VisitParts) {
    this.#parts = parts;
    this.#random = parts.random;
    this.#visitor = parts.visitor;
    this.#at = parts.startsAt;
  }

  /** Pages one after the other, without a cookie and without hesitation. */
  crawl(): void {
    const { random } = this.#parts;
    for (let pages = random.integer(1, 5); pages > 0; pages--) {
      this.#page(`/products/${drawProduct(random).id}`);
      this.#pause(1.5);
    }
  }

  walk(): void {
    const random = this.#random;
    const { landing, referrer } = this.#parts.arrival;
    this.#page(landing, referrer);
    // four in ten have seen enough
    if (random.chance(0.4)) return;
    if (this.#visitor.userId === undefined && random.chance(0.02)) this.#signUp();
    for (let looks = random.integer(1, 4); looks > 0; looks--) {
      if (random.chance(0.45)) this.#browse();
      else if (this.#product()) return;
    }
  }

  #browse(): void {
    this.#pause(25);
    if (this.#random.chance(0.25)) {
      const query = this.#random.pick(['green tea', 'beans', 'gift', 'kettle', 'decaf', 'matcha']);
      this.#add('search', {
        properties: { query, results: query === 'matcha' ? 0 : this.#random.integer(1, 9) },
      });
    } else this.#page(`/${this.#random.pick(categories)}`);
  }

  /** True: it ended in the cart, one way or the other. */
  #product(): boolean {
    const product = drawProduct(this.#random);
    this.#pause(20);
    this.#page(`/products/${product.id}`);
    this.#add('product_view', { productId: product.id, properties: { category: product.category } });
    if (!this.#random.chance(Math.min(0.9, 0.22 * this.#parts.arrival.intent))) return false;
    const quantity = this.#random.weighted([
      [1, 75],
      [2, 20],
      [3, 5],
    ]);
    this.#pause(40);
    this.#add('add_to_cart', { productId: product.id, properties: { category: product.category, quantity } });
    if (this.#random.chance(0.55)) this.#checkout(product, quantity);
    return true;
  }

  #checkout(product: Product, quantity: number): void {
    const { variantKey } = this.#visitor;
    this.#pause(30);
    this.#page('/checkout');
    this.#add('checkout', { productId: product.id, properties: { category: product.category, quantity } });
    this.#add('EXPOSURE', { experimentId, variantKey });
    if (!this.#random.chance(paidShare[variantKey])) return;
    if (this.#visitor.userId === undefined && this.#random.chance(0.45)) this.#signUp();
    this.#pause(90);
    const { currency } = this.#visitor.country;
    const cents = product.price[currency] * quantity;
    const money = { productId: product.id, amount: decimal(cents), currency };
    const properties = { category: product.category, quantity, returning: this.#visitor.visits > 0 };
    this.#add('purchase', { ...money, properties });
    this.#add('CONVERSION', { experimentId, variantKey, properties: { goal: 'purchase' } });
    this.#page('/thanks');
    this.#fulfil(product, money, cents);
  }

  /** What the shop's own server says, without a browser. */
  #fulfil(product: Product, money: { readonly currency: string }, cents: number): void {
    const random = this.#random;
    const carrier = random.pick(['post', 'bike', 'parcel']);
    this.#later(random.integer(4, 40) / 24, 'shipment', { productId: product.id, properties: { carrier } });
    if (!random.chance(0.05)) return;
    const properties = { reason: random.pick(['damaged', 'late', 'changed my mind']) };
    this.#later(random.integer(2, 9), 'refund', { ...money, amount: decimal(-cents), properties });
  }

  #signUp(): void {
    this.#pause(45);
    this.#visitor.userId = this.#parts.newUserId();
    this.#add('identify', {});
    this.#add('signup', { properties: { plan: this.#random.chance(0.2) ? 'club' : 'guest' } });
  }

  #page(path: string, referrer?: string): void {
    const { source } = this.#visitor.device;
    if (source === 'mobile') this.#add('screen_view', { screen: path.split('?', 1)[0] });
    else this.#add('pageview', { url: site + path, ...(referrer && { referrer }) });
  }

  /** Seconds, on average; nobody is faster than a second. */
  #pause(meanSeconds: number): void {
    this.#at += 1000 + Math.round(Math.min(20 * 60, this.#random.wait(meanSeconds)) * 1000);
  }

  #add(type: string, fields: object): void {
    const { device, country, isBot } = this.#visitor;
    this.#push(type, this.#at, {
      source: device.source,
      ...(device.userAgent && { userAgent: device.userAgent }),
      ...device.context,
      country: country.code,
      ...(!isBot && { language: country.language }),
      ...fields,
    });
  }

  #later(days: number, type: string, fields: object): void {
    this.#push(type, this.#at + Math.round(days * dayMs), { source: 'server', ...fields });
  }

  #push(type: string, timestamp: number, fields: object): void {
    const { anonymousId, userId, isBot } = this.#visitor;
    const who = isBot ? {} : { anonymousId, ...(userId && { userId }) };
    this.events.push({
      type,
      eventId: this.#parts.newId(),
      timestamp,
      ...who,
      ...fields,
    } as DemoEvent);
  }
}
