/**
 * Reads ISO 8601 strictly: a calendar date, optionally a time of day with minutes, seconds and a fraction, optionally an
 * offset. Without an offset it is UTC; a bare date is its midnight. `Date.parse` is not used, because it takes the
 * machine's own time zone and accepts much that is no time.
 *
 *   time   = date [ ("T" / "t" / " ") clock [ offset ] ]
 *   date   = 4DIGIT "-" 2DIGIT "-" 2DIGIT
 *   clock  = 2DIGIT ":" 2DIGIT [ ":" 2DIGIT [ ("." / ",") 1*9DIGIT ] ]
 *   offset = "Z" / "z" / ( ("+" / "-") 2DIGIT [ [":"] 2DIGIT ] )
 */

const dateCharacters = 10;
const zero = 48;
const minusSign = 45;
const minuteMs = 60_000;

/** Epoch milliseconds; what is finer is cut off. Undefined when the text is no such time, 24:00 and 23:59:60 included. */
export function parseTimestamp(text: string): number | undefined {
  const year = digits(text, 0, 2) * 100 + digits(text, 2, 2);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  if (text.charCodeAt(4) !== minusSign || text.charCodeAt(7) !== minusSign) return undefined;
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)))
    return undefined;
  const midnight = utcMidnight(year, month, day);
  if (text.length === dateCharacters) return midnight;
  const separator = text[dateCharacters];
  if (separator !== 'T' && separator !== 't' && separator !== ' ') return undefined;
  return addClock(text, midnight);
}

/** Reads what stands after the date's separator. */
function addClock(text: string, midnight: number): number | undefined {
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  if (!(hour <= 23 && minute <= 59 && text[13] === ':')) return undefined;
  let place = 16;
  let ms = (hour * 60 + minute) * minuteMs;
  if (text[place] === ':') {
    const second = digits(text, 17, 2);
    if (!(second <= 59)) return undefined;
    ms += second * 1000;
    place = 19;
    if (text[place] === '.' || text[place] === ',') {
      const end = endOfDigits(text, place + 1);
      const count = end - place - 1;
      if (count < 1 || count > 9) return undefined;
      ms += Number(
        text
          .slice(place + 1, place + 4)
          .slice(0, count)
          .padEnd(3, '0'),
      );
      place = end;
    }
  }
  const offset = parseOffset(text, place);
  return offset === undefined ? undefined : midnight + ms - offset;
}

/** The offset from `place` to the end, in milliseconds; 0 when there is none. */
function parseOffset(text: string, place: number): number | undefined {
  if (place === text.length) return 0;
  const sign = text[place];
  if (sign === 'Z' || sign === 'z') return place + 1 === text.length ? 0 : undefined;
  if (sign !== '+' && sign !== '-') return undefined;
  const hours = digits(text, place + 1, 2);
  let minutes = 0;
  let end = place + 3;
  if (end !== text.length) {
    if (text[end] === ':') end += 1;
    minutes = digits(text, end, 2);
    end += 2;
  }
  if (!(hours <= 23 && minutes <= 59) || end !== text.length) return undefined;
  const offset = (hours * 60 + minutes) * minuteMs;
  return sign === '-' ? -offset : offset;
}

/** The number that `count` digits make; NaN when one of them is none, so that every comparison with it is false. */
function digits(text: string, place: number, count: number): number {
  let value = 0;
  for (let i = place; i < place + count; i++) {
    const digit = text.charCodeAt(i) - zero;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function endOfDigits(text: string, place: number): number {
  let end = place;
  while (end < text.length && !Number.isNaN(digits(text, end, 1))) end++;
  return end;
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** `Date.UTC` takes the years 0 to 99 for 1900 to 1999. */
function utcMidnight(year: number, month: number, day: number): number {
  if (year >= 100) return Date.UTC(year, month - 1, day);
  return new Date(0).setUTCFullYear(year, month - 1, day);
}
