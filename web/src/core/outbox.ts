/** What a person has written and the server has not confirmed: kept over a reload, sent in order, once each. */
import type { Body, Command, Entry, Stream } from './protocol';
import { uuid7 } from './uuid';

export interface Pending {
  client_key: string;
  conversation: string;
  stream: Stream;
  kind: 'send' | 'edit' | 'recall';
  /** The message that an edit or recall is about. */
  entry?: string;
  body: Body;
  at: number;
  /** `held` and `blocked` are kept by the server but not shown to the other side. */
  state: 'queued' | 'sending' | 'failed' | 'held' | 'blocked';
  /** Why it failed, in the reader's language. */
  detail?: string;
  error?: string;
}

/** Where pending messages outlive the page. */
export interface Shelf {
  load(): Promise<Pending[]>;
  save(list: readonly Pending[]): Promise<void>;
}

/** The shelf of the widget: gone with the tab. */
export function sessionShelf(name: string): Shelf {
  return {
    load: async () => {
      try {
        return JSON.parse(sessionStorage.getItem(name) ?? '[]') as Pending[];
      } catch {
        return [];
      }
    },
    save: async (list) => {
      try {
        if (list.length) sessionStorage.setItem(name, JSON.stringify(list));
        else sessionStorage.removeItem(name);
      } catch {
        // storage is full or forbidden: the message still goes out while the page lives
      }
    },
  };
}

/** Refusals that ask for patience: the same command may pass later. */
const PATIENCE = new Set(['unavailable', 'too_many']);
const REST_MS = 1_000;

export interface OutboxOptions {
  shelf: Shelf;
  /** Puts a command on the line; false where there is none. */
  send: (command: Command) => boolean;
  onChange: () => void;
}

export class Outbox {
  #list: readonly Pending[] = [];
  /** Keys that the server has asked to come back with later. */
  #resting = new Set<string>();

  constructor(private readonly options: OutboxOptions) {}

  /** Everything pending, oldest first; a new array after each change. */
  get list(): readonly Pending[] {
    return this.#list;
  }

  /** Takes up what an earlier page left behind. Call before connecting. */
  async restore(): Promise<void> {
    this.inherit(await this.options.shelf.load());
  }

  /** Goes on with what another page has written, before what was written here. */
  inherit(kept: readonly Pending[]): void {
    const fresh = kept.filter((one) =>
      this.#list.every((here) => here.client_key !== one.client_key),
    );
    if (!fresh.length) return;
    const waiting = fresh.map((one) => (one.state === 'sending' ? requeued(one) : one));
    this.#set([...waiting, ...this.#list]);
    this.flush();
  }

  /** Accepts a message for sending; returns its retry key. */
  add(draft: Omit<Pending, 'client_key' | 'at' | 'state'>): string {
    const pending: Pending = { ...draft, client_key: uuid7(), at: Date.now(), state: 'queued' };
    this.#set([...this.#list, pending]);
    this.flush();
    return pending.client_key;
  }

  /** Sends what may go now: one at a time in each conversation, so that the order is the writer's. */
  flush(): void {
    const busy = new Set(
      this.#list.filter((one) => one.state === 'sending').map((one) => one.conversation),
    );
    const sent = new Set<string>();
    for (const one of this.#list) {
      if (one.state !== 'queued' || busy.has(one.conversation)) continue;
      busy.add(one.conversation);
      if (this.#resting.has(one.client_key)) continue;
      if (this.options.send(command(one))) sent.add(one.client_key);
    }
    if (sent.size) {
      this.#change((one) => (sent.has(one.client_key) ? { ...one, state: 'sending' } : one));
    }
  }

  /** The line broke: what was under way is asked again, under the same key. */
  interrupted(): void {
    if (this.#list.some((one) => one.state === 'sending')) {
      this.#change((one) => (one.state === 'sending' ? requeued(one) : one));
    }
  }

  /** The server has committed it. */
  acknowledged(key: string, entry: Entry): void {
    const state = entry.state;
    if (state === 'kept') this.#set(this.#list.filter((one) => one.client_key !== key));
    else {
      const detail = entry.verdict?.policies[0]?.reason;
      this.#change((one) => (one.client_key === key ? { ...one, state, detail } : one));
    }
    this.flush();
  }

  /** Nothing happened there, and the reason; a server that asks for patience is asked again when it said (s). */
  refused(key: string, error: string, detail: string, after = 0): void {
    if (PATIENCE.has(error)) {
      this.#resting.add(key);
      this.#change((one) => (one.client_key === key ? requeued(one) : one));
      setTimeout(
        () => {
          this.#resting.delete(key);
          this.flush();
        },
        Math.max(REST_MS, after * 1_000),
      );
      return;
    }
    this.#change((one) =>
      one.client_key === key ? { ...one, state: 'failed', error, detail } : one,
    );
    this.flush();
  }

  /** An entry was seen in its stream: whatever waits under its key is done. */
  seen(key: string): void {
    if (this.#list.some((one) => one.client_key === key)) this.discard(key);
  }

  retry(key: string): void {
    this.#change((one) => (one.client_key === key ? requeued(one) : one));
    this.flush();
  }

  discard(key: string): void {
    this.#set(this.#list.filter((one) => one.client_key !== key));
    this.flush();
  }

  clear(): void {
    this.#set([]);
  }

  #change(change: (one: Pending) => Pending): void {
    this.#set(this.#list.map(change));
  }

  #set(list: readonly Pending[]): void {
    this.#list = list;
    void this.options.shelf.save(list);
    this.options.onChange();
  }
}

const requeued = (one: Pending): Pending => ({
  ...one,
  state: 'queued',
  error: undefined,
  detail: undefined,
});

function command(one: Pending): Command {
  const { client_key, conversation, stream, body } = one;
  if (one.kind === 'recall') {
    return { t: 'recall', client_key, conversation, entry: one.entry ?? '' };
  }
  if (one.kind === 'edit') {
    return { t: 'edit', client_key, conversation, entry: one.entry ?? '', body };
  }
  return { t: 'send', client_key, conversation, stream, body };
}
