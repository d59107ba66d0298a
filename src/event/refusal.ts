/**
 * Every reason for which one event can be refused: a closed list, the same in answers, metrics and docs. The message
 * names the field, the rule and the value.
 */
import {
  amountIntegerDigitsMax,
  amountPlacesMax,
  eventBytesMax,
  propertiesBytesMax,
  propertiesLevelsMax,
  propertiesValuesMax,
  propertyKeyCharactersMax,
  propertyPathsCharactersMax,
  timestampSecondsBelow,
} from './limits.ts';

export type Refusal =
  | { readonly reason: 'not_json'; readonly detail: string }
  | { readonly reason: 'not_utf8' }
  | { readonly reason: 'event_too_large'; readonly bytes: number }
  | { readonly reason: 'not_an_object'; readonly value: unknown }
  | { readonly reason: 'field_unknown'; readonly field: string; readonly meant: string | undefined }
  | { readonly reason: 'field_missing'; readonly field: string }
  | {
      readonly reason: 'wrong_type';
      readonly field: string;
      readonly expected: string;
      readonly value: unknown;
    }
  | {
      readonly reason: 'too_long';
      readonly field: string;
      readonly charactersMax: number;
      readonly value: string;
    }
  | { readonly reason: 'not_unicode'; readonly field: string }
  | { readonly reason: 'nul_character'; readonly field: string }
  | { readonly reason: 'timestamp_malformed'; readonly value: string }
  | { readonly reason: 'timestamp_in_seconds'; readonly value: number }
  | { readonly reason: 'timestamp_in_future'; readonly value: unknown; readonly receivedAt: number }
  | { readonly reason: 'timestamp_too_early'; readonly value: unknown }
  | { readonly reason: 'amount_malformed'; readonly value: unknown }
  | { readonly reason: 'amount_out_of_range'; readonly value: unknown }
  | { readonly reason: 'currency_unknown'; readonly value: string }
  | { readonly reason: 'source_unknown'; readonly value: string }
  | { readonly reason: 'ip_malformed'; readonly value: string }
  | { readonly reason: 'properties_too_large'; readonly bytes: number }
  | { readonly reason: 'properties_too_deep'; readonly path: string }
  | { readonly reason: 'properties_too_many' }
  | { readonly reason: 'property_key_length'; readonly key: string }
  | { readonly reason: 'property_paths_length' }
  | { readonly reason: 'property_twice'; readonly path: string }
  | { readonly reason: 'number_too_large'; readonly path: string };

export type RefusalReason = Refusal['reason'];

export function refusalMessage(refusal: Refusal): string {
  switch (refusal.reason) {
    case 'not_json':
      return `this line is not JSON: ${refusal.detail}`;
    case 'not_utf8':
      return 'this line is not UTF-8';
    case 'event_too_large':
      return `an event must have at most ${eventBytesMax} bytes of JSON; this one has ${refusal.bytes}`;
    case 'not_an_object':
      return `an event must be a JSON object; got ${shown(refusal.value)}`;
    case 'field_unknown':
      return unknownFieldMessage(refusal.field, refusal.meant);
    case 'field_missing':
      return `${refusal.field} is required`;
    case 'wrong_type':
      return `${refusal.field} must be ${refusal.expected}; got ${shown(refusal.value)}`;
    case 'too_long':
      return `${refusal.field} must have at most ${refusal.charactersMax} characters; got ${shown(refusal.value)}`;
    case 'not_unicode':
      return `${refusal.field} must be well-formed Unicode; it holds half of a surrogate pair`;
    case 'nul_character':
      return `${refusal.field} must not hold the character U+0000`;
    case 'timestamp_malformed':
      return (
        'timestamp must be ISO 8601 ("2026-01-31T12:00:00.000Z", or a date) or a number of milliseconds ' +
        `since 1970; got ${shown(refusal.value)}`
      );
    case 'timestamp_in_seconds':
      return (
        `timestamp is below ${timestampSecondsBelow}, which looks like seconds; send milliseconds, or ` +
        `ISO 8601 for times before 1973-03-03; got ${shown(refusal.value)}`
      );
    case 'timestamp_in_future':
      return (
        'timestamp must not be more than 24 hours after the time of receipt ' +
        `(${new Date(refusal.receivedAt).toISOString()}); got ${shown(refusal.value)}`
      );
    case 'timestamp_too_early':
      return `timestamp must not be before 1900-01-01; got ${shown(refusal.value)}`;
    case 'amount_malformed':
      return (
        `amount must be a number, or a decimal like "12.5" with at most ${amountPlacesMax} places; ` +
        `got ${shown(refusal.value)}`
      );
    case 'amount_out_of_range':
      return `amount must have at most ${amountIntegerDigitsMax} digits before the point; got ${shown(refusal.value)}`;
    case 'currency_unknown':
      return `currency must be a code of ISO 4217, like EUR; got ${shown(refusal.value)}`;
    case 'source_unknown':
      return `source must be web, mobile or server; got ${shown(refusal.value)}`;
    case 'ip_malformed':
      return `ip must be an IPv4 or IPv6 address; got ${shown(refusal.value)}`;
    case 'properties_too_large':
      return `properties must have at most ${propertiesBytesMax} bytes as JSON; got ${refusal.bytes}`;
    case 'properties_too_deep':
      return (
        `properties must be nested at most ${propertiesLevelsMax} levels deep; ` +
        `${cutShown(refusal.path)} is deeper`
      );
    case 'properties_too_many':
      return `properties must hold at most ${propertiesValuesMax} values, nested ones counted; an array is one`;
    case 'property_key_length':
      return (
        `the keys of properties must have 1 to ${propertyKeyCharactersMax} characters; ` +
        `got ${shown(refusal.key)}`
      );
    case 'property_paths_length':
      return `the paths of properties, each written out, must have at most ${propertyPathsCharactersMax} characters together; use shorter keys or less nesting`;
    case 'property_twice':
      return `${cutShown(refusal.path)} is there twice, once with a dotted key; "a.b" and {"a": {"b"}} are the same path`;
    case 'number_too_large':
      return `${cutShown(refusal.path)} must be a number that fits a double (below 1.8e308)`;
    default:
      return refusal satisfies never;
  }
}

function unknownFieldMessage(field: string, meant: string | undefined): string {
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return `${shown(field)} is not a field of an event${hint} (your own fields belong in properties)`;
}

const shownCharactersMax = 80;

/** A value of the sender's as JSON, cut: messages go to terminals and logs, so nothing in them is long or raw. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'string') return JSON.stringify(cutShown(value));
  return String(value);
}

function cutShown(text: string): string {
  if (text.length <= shownCharactersMax) return text;
  return `${text.slice(0, shownCharactersMax).toWellFormed()}…`;
}
