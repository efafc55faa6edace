/** What the pool shows: cards keep their place under the hand, taken ones stay as such, new ones wait behind a pill. */
import type { Offer } from '../../../core/protocol';

export interface PoolCard {
  offer: Offer;
  /** Somebody has it, or its client has gone. */
  gone: boolean;
}

/** The longest waiting first. */
const byWait = (a: Offer, b: Offer) =>
  a.waiting_since - b.waiting_since || a.request.localeCompare(b.request);

/** Everything that is there now, in order: on the first look, and when the pill is pressed. */
export const fresh = (now: readonly Offer[]): PoolCard[] =>
  [...now].sort(byWait).map((offer) => ({ offer, gone: false }));

/** The cards on the screen after the list has changed: none moves, none is added unless nothing is left to take. */
export function settle(shown: readonly PoolCard[], now: readonly Offer[]): PoolCard[] {
  if (shown.every((card) => card.gone)) return now.length ? fresh(now) : [...shown];
  const there = new Map(now.map((offer) => [offer.request, offer]));
  return shown.map((card) => {
    const offer = there.get(card.offer.request);
    return { offer: offer ?? card.offer, gone: !offer };
  });
}

/** How many wait behind the pill. */
export function waiting(shown: readonly PoolCard[], now: readonly Offer[]): number {
  const known = new Set(shown.map((card) => card.offer.request));
  return now.filter((offer) => !known.has(offer.request)).length;
}
