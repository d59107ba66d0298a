/**
 * One event as every store keeps it and as the evaluator reads it. Absent strings are '' and absent amounts null, so that
 * a row has one shape. Field names are those of plans (camelCase); SQL columns are their snake_case.
 */
import type { JsonObject, Source } from './event.ts';

export interface EventRow {
  readonly partition: number;
  readonly offset: number;
  readonly project: string;
  readonly type: string;
  readonly timestamp: number;
  readonly receivedAt: number;
  readonly eventId: string;
  readonly userId: string;
  readonly anonymousId: string;
  readonly previousId: string;
  /** xxHash64 (seed 0) of the person's id as UTF-8: `userId`, else `anonymousId`; 0n when there is no person. */
  readonly personKey: bigint;
  readonly sessionId: string;
  readonly viewId: string;
  readonly source: Source;
  readonly bot: boolean;
  readonly url: string;
  readonly host: string;
  readonly path: string;
  readonly referrer: string;
  readonly referrerHost: string;
  readonly channel: string;
  readonly utmSource: string;
  readonly utmMedium: string;
  readonly utmCampaign: string;
  readonly utmTerm: string;
  readonly utmContent: string;
  readonly title: string;
  readonly screen: string;
  readonly language: string;
  readonly appVersion: string;
  readonly os: string;
  readonly device: string;
  readonly browser: string;
  readonly country: string;
  readonly region: string;
  readonly city: string;
  readonly productId: string;
  /** Ten-thousandths: 12.5 is 125000n. Fits decimal(18,4). */
  readonly amount: bigint | null;
  readonly currency: string;
  readonly experimentId: string;
  readonly variantKey: string;
  /** As sent; how paths are read is in plan/field.ts. */
  readonly properties: JsonObject;
}
