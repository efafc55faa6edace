import { expect, it } from 'vitest';
import { isoOf } from './DateField';

it('takes days that exist, and nothing else', () => {
  expect(isoOf('date', ' 2026-11-30 ')).toBe('2026-11-30');
  expect(isoOf('date', '2028-02-29')).toBe('2028-02-29');
  for (const wrong of [
    '',
    '2026-11-3',
    '2026-02-30',
    '2026-13-01',
    '11/30/2026',
    '2026-11-30 08:30',
  ]) {
    expect(isoOf('date', wrong)).toBe('');
  }
});

it('takes moments with a blank or as the wire writes them', () => {
  expect(isoOf('datetime-local', '2026-11-30 08:30')).toBe('2026-11-30T08:30');
  expect(isoOf('datetime-local', '2026-11-30T08:30')).toBe('2026-11-30T08:30');
  for (const wrong of ['2026-11-30', '2026-11-30 24:30', '2026-11-30 8:30', '2026-11-31 08:30']) {
    expect(isoOf('datetime-local', wrong)).toBe('');
  }
});
