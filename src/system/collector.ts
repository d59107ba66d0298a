/** The collecting stage with what the settings give it. */
import { uuidv7 } from 'uuidv7';
import type { Catalog } from '../catalog/catalog.ts';
import type { Clock } from '../clock.ts';
import { Collector } from '../collect/collect.ts';
import { openPlaces, shippedPlacesFile } from '../collect/places.ts';
import type { Config } from '../config.ts';
import { failure } from '../errors.ts';
import { openHasher } from '../event/hasher.ts';
import type { Log } from '../log/log.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

interface CollectorParts {
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly catalog: Catalog;
}

export async function openCollector(config: Config, parts: CollectorParts): Promise<Collector> {
  const { catalog, clock } = parts;
  const file = config.collect.placesFile || shippedPlacesFile();
  const places = await openPlaces(file).catch((cause: unknown) => {
    const rule = 'must be a MaxMind database (.mmdb) that can be read';
    throw failure('setting_invalid', { setting: 'MILLRACE_GEO_DATABASE', rule, value: file }, cause);
  });
  return new Collector({
    ...parts,
    hasher: await openHasher(),
    newId: uuidv7,
    salt: (at) => catalog.salt(at, clock.now()),
    places,
  });
}
