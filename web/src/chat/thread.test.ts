import { describe, expect, it } from 'vitest';
import { begin, SPAN, STEP, since } from './span';

const items = (n: number, first = 0) =>
  Array.from({ length: n }, (_, at) => ({ key: `k${first + at}` }));

describe('how much of a long thread is drawn', () => {
  it('is all of a short one', () => {
    expect(begin(items(SPAN), null, 0)).toBe(0);
  });

  it('is the newest part at the end, also while new items come', () => {
    expect(begin(items(10_000), null, 0)).toBe(10_000 - SPAN);
    expect(begin(items(10_001), null, 0)).toBe(10_001 - SPAN);
  });

  it('keeps its first item while one reads further back, whatever comes at either end', () => {
    expect(begin(items(1100), 'k700', 0)).toBe(700);
    expect(begin(items(1100, -100), 'k700', 0)).toBe(800);
  });

  it('moves by one step either way, and not beyond the ends', () => {
    expect(begin(items(1000), 'k700', -1)).toBe(700 - STEP);
    expect(begin(items(1000), 'k10', -1)).toBe(0);
    expect(begin(items(1000), 'k700', 1)).toBe(700 + STEP);
    expect(begin(items(1000), `k${1000 - SPAN - 1}`, 1)).toBe(1000 - SPAN);
  });

  it('is at the end again when its first item has gone', () => {
    expect(begin(items(500), 'elsewhere', 0)).toBe(500 - SPAN);
  });
});

describe('how many items are news', () => {
  it('counts what came behind the last one seen, not what came before', () => {
    expect(since(items(10), 'k9')).toBe(0);
    expect(since(items(12), 'k9')).toBe(2);
    expect(since(items(110, -100), 'k9')).toBe(0);
    expect(since(items(10), undefined)).toBe(0);
    expect(since(items(10), 'gone')).toBe(0);
  });
});
