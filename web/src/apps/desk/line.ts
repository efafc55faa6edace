/** The desk's one line to the server: streams go to its store, offers and presence here, stale lists are asked again. */
import { useEffect, useSyncExternalStore } from 'react';
import type { LinkState } from '../../core/link';
import { Live } from '../../core/live';
import type { Me, Offer, ServerFrame } from '../../core/protocol';
import { databaseShelf } from '../../core/shelf';
import { api, onSignOut } from '../session';
import { queries } from '../start';
import { items, keys, type Page, type PresenceNow, refresh } from './data';
import { type Card, Offers } from './offers';
import { dropNobodys, forgetDrafts } from './thread/drafts';

export type { Card };

export const offers = new Offers();

const arrivals = new Set<(offer: Offer) => void>();
let lineState: LinkState = 'offline';
let lostAt: number | null = null;

const shelf = databaseShelf(
  () => `desk ${queries.getQueryData<Me | null>(['me'])?.id ?? ''}`,
  (left) => live.outbox.inherit(left),
);

export const live = new Live({
  http: api,
  shelf,
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

dropNobodys();
onSignOut(() => {
  live.wipe();
  void shelf.clear();
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
  if (what === 'conversations') refresh('conversations', 'conversation', 'presence', 'planned');
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
