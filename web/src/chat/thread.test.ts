import { describe, expect, it } from 'vitest';
import type { Item } from '../core/view';
import { begin, SPAN, STEP, since } from './span';
import { newestShared, unreadLine } from './unread';

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

describe('the line above what is unread', () => {
  /** What is here of a conversation of 1 to 700: all from `low` on, every tenth line the platform's. */
  const here = (low: number) =>
    Array.from({ length: 701 - low }, (_, at) => {
      const no = low + at;
      const kind = no % 10 ? 'message' : 'system';
      return { entry: { no, kind, stream: 'shared' }, mine: no <= 20 } as Item;
    });

  it('stands above the first unread message and says how many there are', () => {
    expect(unreadLine(here(601), 690, 700, 601)).toEqual({ at: 90, n: 9, more: false });
    expect(unreadLine(here(1), 20, 700, 1)).toEqual({ at: 20, n: 612, more: false });
  });

  it('says that there are more above, until all of them are here', () => {
    expect(unreadLine(here(601), 20, 700, 601)).toEqual({ at: 0, n: 90, more: true });
    expect(unreadLine(here(600), 20, 700, 600)).toEqual({ at: 1, n: 90, more: true });
    expect(unreadLine(here(21), 20, 700, 21)).toEqual({ at: 0, n: 612, more: false });
  });

  it('does not count what colleagues wrote, which may be here before what was said', () => {
    const note = { entry: { no: 699, kind: 'message', stream: 'internal' }, mine: false } as Item;
    expect(newestShared([note])).toBe(0);
    expect(newestShared([...here(690), note])).toBe(700);
    expect(unreadLine([...here(601), note], 690, 700, 601)).toMatchObject({ at: 90, n: 9 });
  });

  it('is not there where nothing is unread, nor above the first words of all', () => {
    expect(unreadLine(here(601), 700, 700, 601)).toBeNull();
    expect(unreadLine(here(601), undefined, 700, 601)).toBeNull();
    expect(unreadLine(here(21), 0, 700, 1)).toBeNull();
  });
});
