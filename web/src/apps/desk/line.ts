/** The desk's one line to the server: streams go to its store, offers and presence here, stale lists are asked again. */
import { useEffect, useSyncExternalStore } from 'react';
import { serverNow } from '../../core/clock';
import type { LinkState } from '../../core/link';
import { Live } from '../../core/live';
import { databaseShelf } from '../../core/outbox';
import type { Offer, ServerFrame } from '../../core/protocol';
import { api, onSignOut } from '../session';
import { queries } from '../start';
import { items, keys, type Page, type PresenceNow, refresh } from './data';
import { forgetDrafts } from './thread/drafts';

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

export const offers = new Offers();

const arrivals = new Set<(offer: Offer) => void>();
let lineState: LinkState = 'offline';
let lostAt: number | null = null;

export const live = new Live({
  http: api,
  shelf: databaseShelf('desk'),
  device: matchMedia('(max-width: 767px)').matches ? 'phone' : 'desktop',
  onFrame: take,
});

live.store.subscribe(() => {
  if (live.state === lineState) return;
  if (lineState === 'online') lostAt = Date.now();
  lineState = live.state;
  if (lineState === 'online') lostAt = null;
  if (lineState === 'signed_out') queries.setQueryData(['me'], null);
  if (lineState === 'forbidden') void queries.invalidateQueries({ queryKey: ['me'] });
});

onSignOut(() => {
  live.wipe();
  offers.clear();
  forgetDrafts();
});

function take(frame: ServerFrame): void {
  switch (frame.t) {
    case 'welcome':
      refresh('conversations', 'conversation', 'pool', 'presence');
      void askOffers();
      break;
    case 'offer':
      if (offers.add(frame.offer)) for (const told of arrivals) told(frame.offer);
      break;
    case 'offer_gone':
      offers.end(frame.offer, frame.state, frame.by ?? null);
      break;
    case 'pool':
      refresh('pool');
      break;
    case 'presence':
      presenceChanged(frame);
      break;
    case 'typing':
      if (frame.person !== live.me?.id) typed(frame.conversation);
      break;
    case 'entries':
      clearTimeout(typists.get(frame.conversation));
      typists.delete(frame.conversation);
      refresh('conversations');
      break;
    case 'receipt':
      refresh('conversations');
      break;
    case 'changed':
      changed(frame.what);
      break;
  }
}

const TYPING_MS = 5_000;
const typists = new Map<string, ReturnType<typeof setTimeout>>();

/** Whether the client of this conversation is writing now, whether or not it is open here. */
export const isTyping = (conversation: string): boolean => typists.has(conversation);

function typed(conversation: string): void {
  clearTimeout(typists.get(conversation));
  const over = () => {
    typists.delete(conversation);
    live.store.tell();
  };
  typists.set(conversation, setTimeout(over, TYPING_MS));
  live.store.tell();
}

function presenceChanged(frame: Extract<ServerFrame, { t: 'presence' }>): void {
  if (live.me && frame.person === live.me.id) {
    const { status, capacity, used } = frame;
    queries.setQueryData<PresenceNow>(keys.presence, { status, capacity, used });
  } else refresh('conversations', 'conversation');
}

function changed(what: string): void {
  if (what === 'conversations') refresh('conversations', 'conversation', 'presence');
  else if (what === 'connections') refresh('clients', 'client', 'conversation', 'conversations');
}

async function askOffers(): Promise<void> {
  try {
    offers.reconcile(items(await api.get<Page<Offer> | Offer[]>('/api/offers')));
  } catch {
    // The socket brings the next one; a failed question changes nothing on the screen.
  }
}

let restored = false;

/** Keeps the line while the application is shown; the outbox of an earlier page is taken up once. */
export function useLine(): void {
  useEffect(() => {
    if (restored) live.link.start();
    else void live.start();
    restored = true;
    void askOffers();
    return () => live.stop();
  }, []);
}

export const useOffers = (): readonly Card[] =>
  useSyncExternalStore(offers.subscribe, () => offers.cards);

/** The state of the line, drawn again when it changes. */
export const useLineState = (): LinkState =>
  useSyncExternalStore(live.store.subscribe, () => live.state);

/** When the line broke, in UTC milliseconds; null while it stands. */
export const lineLostAt = (): number | null => lostAt;

/** Tells about each offer that was not on the screen before. */
export function useArrival(told: (offer: Offer) => void): void {
  useEffect(() => {
    arrivals.add(told);
    return () => void arrivals.delete(told);
  }, [told]);
}
