/**
 * How large an event may be. Characters are Unicode code points, so that senders in every language count alike; bytes
 * are UTF-8.
 */

/** One event as it was sent. Above this it is not parsed: a long text of brackets would hold everybody up. */
export const eventBytesMax = 262_144;

export const typeCharactersMax = 200;
export const eventIdCharactersMax = 128;
/** `userId`, `anonymousId`, `previousId`, `sessionId`, `viewId`, `productId`, `experimentId`, `variantKey`. */
export const idCharactersMax = 200;
/** `url` and `referrer`. */
export const urlCharactersMax = 8_192;
export const titleCharactersMax = 2_000;
/** `screen`, `language`, `appVersion`, `os`, `device`, `browser`, `country`, `region`, `city`. */
export const wordCharactersMax = 200;
/** A longer User-Agent is cut, not refused: the visitor chose it, not the sender, and it is dropped after use. */
export const userAgentCharactersMax = 512;

/** `properties` as JSON without spaces. */
export const propertiesBytesMax = 32_768;
/** `properties` itself is the first level. */
export const propertiesLevelsMax = 16;
/** Values of `properties` at any depth; an array is one value. */
export const propertiesValuesMax = 256;
export const propertyKeyCharactersMax = 200;
/** All paths of an event's values written out ('cart.items.size'), together: a store keeps each, so nesting must not multiply them. */
export const propertyPathsCharactersMax = 32_768;

/** A number below this is taken for seconds: as milliseconds it would be before 1973-03-03. */
export const timestampSecondsBelow = 100_000_000_000;
/** How far ahead of the server's time an event may lie: clocks of phones are wrong. */
export const timestampAheadMaxMs = 24 * 60 * 60_000;
/** 1900-01-01T00:00:00Z: the earliest time that every store can keep (ClickHouse's DateTime64 begins here). */
export const timestampMinMs = Date.UTC(1900, 0, 1);

/** Decimal(18,4). */
export const amountIntegerDigitsMax = 14;
export const amountPlacesMax = 4;
/** Text of an amount that is longer is not even read. */
export const amountCharactersMax = 64;
