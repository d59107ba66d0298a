/** Countries by how much: drawn by ourselves from Natural Earth's outlines, in the Equal Earth projection, so that sizes are true. */
import type { MultiPolygon, Polygon } from 'geojson';
import { useMemo, useState } from 'react';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import atlas from 'world-atlas/countries-110m.json';
import { countryName, flag } from '../format/names.ts';
import { equalEarth } from './equal-earth.ts';

interface WorldMapProps {
  /** `country`: ISO 3166-1 alpha-2; `share`: of the first, from 0 to 1. */
  readonly rows: readonly { readonly country: string; readonly share: number; readonly text: string }[];
  readonly onChoose: (country: string) => void;
}

const antarctica = 'AQ';

/** The atlas has numeric codes; a locale's region is told by letters. */
function lettersOf(numeric: string): string {
  try {
    return new Intl.Locale(`und-${numeric.padStart(3, '0')}`).maximize().region ?? '';
  } catch {
    return '';
  }
}

interface Outline {
  /** In the atlas; some outlines are of no country. */
  readonly id: number;
  readonly country: string;
  readonly path: string;
}

let outlines: readonly Outline[] | undefined;

function allOutlines(): readonly Outline[] {
  const topology = atlas as unknown as Topology<{ countries: GeometryCollection }>;
  outlines ??= feature(topology, topology.objects.countries).features.flatMap(({ id, geometry }, index) => {
    const country = id === undefined ? '' : lettersOf(String(id));
    if (country === antarctica) return [];
    return { id: index, country, path: pathOf(geometry as Polygon | MultiPolygon) };
  });
  return outlines;
}

function pathOf(geometry: Polygon | MultiPolygon): string {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  return polygons.flat().map(ringPath).join('');
}

/** A ring over the date line goes on beyond the edge, where it is cut off, and not back across the whole map. */
function ringPath(ring: readonly (readonly number[])[]): string {
  let before = ring[0]?.[0] ?? 0;
  const points = ring.map(([longitude = 0, latitude = 0]) => {
    before = longitude - 360 * Math.round((longitude - before) / 360);
    return equalEarth(before, latitude)
      .map((each) => each.toFixed(1))
      .join();
  });
  return `M${points.join('L')}Z`;
}

export default function WorldMap({ rows, onChoose }: WorldMapProps) {
  const [over, setOver] = useState<string>();
  const byCountry = useMemo(() => new Map(rows.map((row) => [row.country, row])), [rows]);
  const shown = over === undefined ? undefined : byCountry.get(over);
  return (
    <figure className="relative flex flex-1 flex-col justify-center">
      {/* biome-ignore lint/a11y/useSemanticElements: no element of SVG is a group of buttons */}
      <svg
        viewBox="0 0 1000 440"
        className="w-full"
        aria-label="Visitors by country; the tab Countries has the same as a table"
        role="group"
      >
        {allOutlines().map(({ id, country, path }) => {
          const row = byCountry.get(country);
          const isKnown = row !== undefined && country !== '';
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: it is a button where there is something to choose
            <path
              key={id}
              d={path}
              role={isKnown ? 'button' : undefined}
              tabIndex={isKnown ? 0 : undefined}
              aria-label={isKnown ? `${countryName(country)}: ${row.text}` : undefined}
              fill={isKnown ? 'var(--accent)' : 'var(--line)'}
              fillOpacity={isKnown ? 0.25 + 0.75 * Math.sqrt(row.share) : 1}
              stroke={over === country && isKnown ? 'var(--ink)' : 'var(--card)'}
              strokeWidth={over === country && isKnown ? 1.5 : 0.7}
              onMouseEnter={() => setOver(country)}
              onMouseLeave={() => setOver(undefined)}
              onFocus={() => setOver(country)}
              onBlur={() => setOver(undefined)}
              onClick={() => isKnown && onChoose(country)}
              onKeyDown={({ key }) => isKnown && (key === 'Enter' || key === ' ') && onChoose(country)}
              className={isKnown ? 'cursor-pointer outline-none' : undefined}
            />
          );
        })}
      </svg>
      <figcaption aria-live="polite" className="h-6 text-center text-[13px] text-soft">
        {over !== undefined && over !== '' && (
          <>
            {flag(over)} {countryName(over)}: {shown?.text ?? 'none'}
          </>
        )}
      </figcaption>
    </figure>
  );
}
