import { describe, expect, it } from 'vitest';
import type { Offer } from '../../../core/protocol';
import { fresh, settle, waiting } from './view';

const offer = (request: string, waiting_since: number): Offer => ({
  id: request,
  request,
  topic: 'fund',
  language: 'zh-CN',
  capability: 'serve',
  waiting_since,
  why: [],
  own_client: false,
  rank: 1,
  of: 1,
  issued_at: 0,
  expires_at: 0,
  pooled: true,
});
const names = (cards: { offer: Offer }[]) => cards.map((card) => card.offer.request);

describe('the pool under the hand', () => {
  const a = offer('a', 30);
  const b = offer('b', 10);

  it('begins with the longest waiting', () => {
    expect(names(fresh([a, b]))).toEqual(['b', 'a']);
  });

  it('keeps every card in its place when others come and go', () => {
    const shown = settle(fresh([a, b]), [offer('c', 1), a]);
    expect(names(shown)).toEqual(['b', 'a']);
    expect(shown.map((card) => card.gone)).toEqual([true, false]);
  });

  it('counts what waits behind the pill', () => {
    expect(waiting(fresh([a, b]), [a, offer('c', 1), offer('d', 2)])).toBe(2);
  });

  it('shows new ones at once where nothing is left to take', () => {
    const gone = fresh([a]).map((card) => ({ ...card, gone: true }));
    expect(names(settle(gone, [b]))).toEqual(['b']);
    expect(names(settle([], [b]))).toEqual(['b']);
  });

  it('takes up what the server changed of a card', () => {
    expect(settle(fresh([a]), [{ ...a, excerpt: 'new' }])[0]?.offer.excerpt).toBe('new');
  });
});
