import { describe, expect, it } from 'vitest';
import { begin, DRAWN } from './Thread';

const items = (n: number, first = 0) =>
  Array.from({ length: n }, (_, at) => ({ key: `k${first + at}` }));
const still = { atEnd: false, more: false };

describe('how much of a long thread is drawn', () => {
  it('is all of a short one', () => {
    expect(begin(items(DRAWN), null, { atEnd: true, more: false })).toBe(0);
  });

  it('is the newest part at the end, also while new items come', () => {
    expect(begin(items(1000), null, { atEnd: true, more: false })).toBe(1000 - DRAWN);
    expect(begin(items(1001), 'k800', { atEnd: true, more: false })).toBe(1001 - DRAWN);
  });

  it('keeps its first item while one reads further back, whatever comes at either end', () => {
    expect(begin(items(1100), 'k700', still)).toBe(700);
    expect(begin(items(1100, -100), 'k700', still)).toBe(800);
  });

  it('goes back by one part on request, and not beyond the beginning', () => {
    expect(begin(items(1000), 'k800', { atEnd: false, more: true })).toBe(600);
    expect(begin(items(300), 'k100', { atEnd: false, more: true })).toBe(0);
  });

  it('begins again at the end when its first item has gone', () => {
    expect(begin(items(500), 'elsewhere', still)).toBe(500 - DRAWN);
  });
});
