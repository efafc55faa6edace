import { expect, it } from 'vitest';
import { isoOf } from './DateField';
import { moved, timeOf } from './TimeField';

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

it('takes times of 24 hours, with or without the colon', () => {
  expect(timeOf(' 08:30 ')).toBe('08:30');
  expect(timeOf('8:30')).toBe('08:30');
  expect(timeOf('0830')).toBe('08:30');
  expect(timeOf('8：30')).toBe('08:30');
  expect(timeOf('24:00', true)).toBe('24:00');
  for (const wrong of ['', '8', '08:3', '24:00', '25:00', '08:60', '8:30 PM', '24:01']) {
    expect(timeOf(wrong)).toBe('');
  }
});

it('moves a time around midnight', () => {
  expect(moved('08:30', 60)).toBe('09:30');
  expect(moved('23:59', 1)).toBe('00:00');
  expect(moved('00:30', -60)).toBe('23:30');
  expect(moved('24:00', -1)).toBe('23:59');
});
