/** Offers on the screen: what is live, what has just ended and why, in the order in which they end. */
import { serverNow } from '../../core/clock';
import type { Offer } from '../../core/protocol';

/** An offer on the screen; `ended` says why it can no longer be taken, and stays readable for a moment. */
export interface Card {
  offer: Offer;
  ended: { state: string; by: string | null } | null;
}

const KEEP_ENDED_MS = 4_000;

/** Offers to me, newest state of each, the one that expires first in front. */
export class Offers {
  #cards: readonly Card[] = [];
  #readers = new Set<() => void>();
  #timers = new Map<string, ReturnType<typeof setTimeout>>();

  get cards(): readonly Card[] {
    return this.#cards;
  }

  subscribe = (reader: () => void): (() => void) => {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  };

  /** True where the offer was not on the screen before. */
  add(offer: Offer): boolean {
    const fresh = !this.#cards.some((card) => card.offer.id === offer.id);
    const rest = this.#cards.filter((card) => card.offer.id !== offer.id);
    this.#set([...rest, { offer, ended: null }]);
    this.#later(offer.id, Math.max(0, offer.expires_at - serverNow()) + 800, () =>
      this.end(offer.id, 'expired'),
    );
    return fresh;
  }

  /** What the server says is live: others that are shown as live have ended unseen. */
  reconcile(live: readonly Offer[]): void {
    const known = new Set(live.map((offer) => offer.id));
    for (const card of this.#cards) {
      if (!card.ended && !known.has(card.offer.id)) this.end(card.offer.id, 'expired');
    }
    for (const offer of live) this.add(offer);
  }

  end(id: string, state: string, by: string | null = null): void {
    const card = this.#cards.find((one) => one.offer.id === id);
    if (!card || card.ended) return;
    this.#set(this.#cards.map((one) => (one === card ? { ...one, ended: { state, by } } : one)));
    const keep = state === 'accepted' || state === 'declined' ? 0 : KEEP_ENDED_MS;
    this.#later(id, keep, () => this.drop(id));
  }

  drop(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#set(this.#cards.filter((card) => card.offer.id !== id));
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#set([]);
  }

  #later(id: string, wait: number, act: () => void): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.set(id, setTimeout(act, wait));
  }

  #set(cards: readonly Card[]): void {
    this.#cards = [...cards].sort(
      (a, b) =>
        Number(Boolean(a.ended)) - Number(Boolean(b.ended)) ||
        a.offer.expires_at - b.offer.expires_at ||
        a.offer.issued_at - b.offer.issued_at,
    );
    for (const reader of this.#readers) reader();
  }
}
