/** The settings of collecting. */
import { settingsGroup, text } from '../settings.ts';

export const collectSettings = settingsGroup('Collecting', {
  placesFile: text('MILLRACE_GEO_DATABASE', {
    doc: 'A MaxMind database (.mmdb) of countries or cities for the addresses of visitors. Not set: the free one of countries that comes along.',
  }),
});
