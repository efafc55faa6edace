import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resetClock, serverNow, setClock } from '../../core/clock';
import type { Offer } from '../../core/protocol';
import { neighbour } from './desk';
import { stopwatch } from './offer/stopwatch';
import { Offers } from './offers';

const offer = (id: string, left: number): Offer => ({
  id,
  request: `r-${id}`,
  topic: 'fund',
  language: 'zh-CN',
  capability: 'serve',
  waiting_since: serverNow() - 5_000,
  why: [],
  own_client: false,
  rank: 1,
  of: 1,
  issued_at: serverNow(),
  expires_at: serverNow() + left,
  pooled: false,
});

describe('offers on the screen', () => {
  let offers: Offers;
  beforeEach(() => {
    vi.useFakeTimers();
    resetClock();
    offers = new Offers();
  });
  afterEach(() => {
    offers.clear();
    vi.useRealTimers();
  });
  const ids = () => offers.cards.map((card) => card.offer.id);

  it('stand with the first to end in front', () => {
    expect(offers.add(offer('late', 20_000))).toBe(true);
    expect(offers.add(offer('soon', 9_000))).toBe(true);
    expect(ids()).toEqual(['soon', 'late']);
  });

  it('are told once, however often they come', () => {
    const one = offer('a', 20_000);
    offers.add(one);
    expect(offers.add(one)).toBe(false);
    expect(ids()).toEqual(['a']);
  });

  it("end by the server's clock, not by the device's", () => {
    setClock(Date.now() + 3_600_000, 0);
    offers.add(offer('a', 15_000));
    vi.advanceTimersByTime(14_000);
    expect(offers.cards[0]?.ended).toBeNull();
    vi.advanceTimersByTime(2_000);
    expect(offers.cards[0]?.ended?.state).toBe('expired');
  });

  it('keep their place for a moment with the reason when somebody was faster, then go', () => {
    offers.add(offer('a', 20_000));
    offers.end('a', 'taken', '苏敏');
    expect(offers.cards[0]?.ended).toEqual({ state: 'taken', by: '苏敏' });
    vi.advanceTimersByTime(4_001);
    expect(ids()).toEqual([]);
  });

  it('go at once when they are accepted or passed on', () => {
    offers.add(offer('a', 20_000));
    offers.end('a', 'accepted');
    vi.advanceTimersByTime(0);
    expect(ids()).toEqual([]);
  });

  it('end once: what is said later changes nothing', () => {
    offers.add(offer('a', 20_000));
    offers.end('a', 'taken', '苏敏');
    offers.end('a', 'expired');
    expect(offers.cards[0]?.ended?.state).toBe('taken');
  });

  it('follow what the server says is live after a broken line', () => {
    offers.add(offer('old', 20_000));
    offers.reconcile([offer('new', 20_000)]);
    expect(offers.cards.map((card) => [card.offer.id, card.ended?.state ?? null])).toEqual([
      ['new', null],
      ['old', 'expired'],
    ]);
  });
});

describe('moving through the list', () => {
  const rows = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
  it('goes on and back and stops at the ends', () => {
    expect(neighbour(rows, 'a', 1)).toBe('b');
    expect(neighbour(rows, 'b', -1)).toBe('a');
    expect(neighbour(rows, 'c', 1)).toBe('c');
    expect(neighbour(rows, null, 1)).toBe('a');
    expect(neighbour([], null, 1)).toBeNull();
  });
});

it('writes waits as a stopwatch does', () => {
  expect([0, 48, 134, 3_730].map(stopwatch)).toEqual(['0:00', '0:48', '2:14', '1:02:10']);
});
