/** What a reader is shown of a stream: edits and recalls folded into the message that they are about. */
import type { Pending } from './outbox';
import type { Body, Entry } from './protocol';
import type { Receipt } from './store';

export type Delivery =
  | 'queued'
  | 'sending'
  | 'failed'
  | 'held'
  | 'blocked'
  | 'refused'
  | 'expired'
  | 'sent'
  | 'delivered'
  | 'read';

export interface Item {
  key: string;
  /** Absent while it only waits in the outbox. */
  entry: Entry | null;
  /** The entry of the newest version: the message itself, or its last edit. */
  said: Entry | null;
  pending: Pending | null;
  /** The newest version. */
  body: Entry['body'];
  at: number;
  mine: boolean;
  /** Versions before the newest, oldest first. */
  earlier: Body[];
  recalled: boolean;
  /** Of own messages only. */
  delivery: Delivery | null;
  /** What the supervisor who decided about it has told its author. */
  note: string;
}

const shown = new Set<Entry['kind']>(['message', 'system', 'note', 'transfer', 'summary']);

/**
 * The items of a thread in order: streams merged by time, edits and recalls in the place of their message, and what
 * waits in the outbox at the end.
 */
export function fold(
  entries: readonly Entry[],
  pending: readonly Pending[],
  me: string | undefined,
  mark: Receipt,
): Item[] {
  const items: Item[] = [];
  const byId = new Map<string, Item>();
  for (const entry of entries) {
    const about = entry.of ? byId.get(entry.of) : undefined;
    if (entry.kind === 'verdict' && about) {
      // Nobody has decided: its time was over, or its author may not speak there any more.
      if (entry.body.decision === 'refused') about.delivery = entry.sender ? 'refused' : 'expired';
      about.note = entry.body.note ?? '';
    } else if (entry.kind === 'edit' && about && entry.state !== 'kept') {
      // It waits for a supervisor; the words stay until it is released.
      byId.set(entry.id, about);
      if (about.delivery) about.delivery = entry.state;
    } else if (entry.kind === 'edit' && about) {
      if (about.entry && about.delivery) about.delivery = delivery(about.entry, mark);
      about.earlier.push(about.body);
      Object.assign(about, { body: entry.body, said: entry });
    } else if (entry.kind === 'recall' && about) {
      about.recalled = true;
    } else if (shown.has(entry.kind)) {
      const mine = entry.sender !== null && entry.sender.id === me;
      // Released: it stands where it has become heard, no more where it was held.
      const waited = byId.get(entry.id);
      if (waited) items.splice(items.indexOf(waited), 1);
      const item: Item = {
        key: entry.client_key ?? entry.id,
        entry,
        said: entry,
        pending: null,
        body: entry.body,
        at: entry.at,
        mine,
        earlier: [],
        recalled: false,
        delivery: mine && entry.kind === 'message' ? delivery(entry, mark) : null,
        note: '',
      };
      byId.set(entry.id, item);
      items.push(item);
    }
  }
  for (const one of pending) {
    const about = one.entry ? byId.get(one.entry) : undefined;
    if (one.kind !== 'send') {
      if (about) Object.assign(about, { pending: one, delivery: one.state });
      if (about && one.kind === 'edit' && one.state !== 'failed') about.body = one.body;
      continue;
    }
    if (items.some((item) => item.key === one.client_key && item.entry)) continue;
    items.push({
      key: one.client_key,
      entry: null,
      said: null,
      pending: one,
      body: one.body,
      at: one.at,
      mine: true,
      earlier: [],
      recalled: false,
      delivery: one.state,
      note: '',
    });
  }
  return items;
}

function delivery(entry: Entry, mark: Receipt): Delivery {
  if (entry.state !== 'kept') return entry.state;
  if (entry.no <= mark.read) return 'read';
  return entry.no <= mark.delivered ? 'delivered' : 'sent';
}

/** Two streams of one conversation in the order in which things happened; each keeps the order of its numbers. */
export function merge(shared: readonly Entry[], internal: readonly Entry[]): Entry[] {
  const all: Entry[] = [];
  let at = 0;
  for (const entry of shared) {
    for (let next = internal[at]; next && next.at < entry.at; next = internal[at]) {
      all.push(next);
      at += 1;
    }
    all.push(entry);
  }
  return [...all, ...internal.slice(at)];
}
