/** Times, durations, numbers and sizes as a person of the spoken language reads them. */
import { fill, language, lookup } from './i18n';

const cache = new Map<string, Intl.DateTimeFormat>();

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language() + JSON.stringify(options);
  let found = cache.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(language(), options);
    cache.set(key, found);
  }
  return found;
}

const sameDay = (a: Date, b: Date) =>
  a.getDate() === b.getDate() &&
  a.getMonth() === b.getMonth() &&
  a.getFullYear() === b.getFullYear();

const two = (n: number) => String(n).padStart(2, '0');

/** 10:42, of UTC milliseconds. */
export const clock = (at: number): string => {
  const time = new Date(at);
  return `${two(time.getHours())}:${two(time.getMinutes())}`;
};

/** 2026-11-22, of UTC milliseconds, in the reader's own time zone. */
export const isoDay = (at: number): string => {
  const day = new Date(at);
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
};

/** 11-22 10:42 with the year where it is not this one. */
export const moment = (at: number): string => `${isoDay(at)} ${clock(at)}`;

/** Today the clock, yesterday its word, else the date: for lists. */
export function ago(at: number, now: number = Date.now()): string {
  const then = new Date(at);
  if (sameDay(then, new Date(now))) return clock(at);
  if (sameDay(then, new Date(now - 86_400_000))) return lookup('time.yesterday') ?? isoDay(at);
  return then.getFullYear() === new Date(now).getFullYear() ? isoDay(at).slice(5) : isoDay(at);
}

/** The day as a heading in a thread. */
export function dayName(at: number, now: number = Date.now()): string {
  const then = new Date(at);
  if (sameDay(then, new Date(now))) return lookup('time.today') ?? isoDay(at);
  if (sameDay(then, new Date(now - 86_400_000))) return lookup('time.yesterday') ?? isoDay(at);
  return dates({ month: 'long', day: 'numeric', weekday: 'short' }).format(at);
}

/** 48 s, 9 min, 3 h, 2 d: one unit, rounded down. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const [unit, n] =
    s < 60
      ? ['s', s]
      : s < 3600
        ? ['min', s / 60]
        : s < 86_400
          ? ['h', s / 3600]
          : ['d', s / 86_400];
  const text = lookup(`time.${unit}`) ?? `{n} ${unit}`;
  return fill(text, { n: Math.floor(n as number) });
}

export const number = (value: number, digits = 0): string =>
  new Intl.NumberFormat(language(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);

/** 0.934 as 93 %. */
export const percent = (value: number, digits = 0): string =>
  new Intl.NumberFormat(language(), { style: 'percent', maximumFractionDigits: digits }).format(
    value,
  );

/** 153600 bytes as 150 KB. */
export function bytes(size: number): string {
  const unit = size < 1024 ? 'byte' : size < 1_048_576 ? 'kilobyte' : 'megabyte';
  const value = unit === 'byte' ? size : unit === 'kilobyte' ? size / 1024 : size / 1_048_576;
  return new Intl.NumberFormat(language(), {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: unit === 'megabyte' ? 1 : 0,
  }).format(value);
}
