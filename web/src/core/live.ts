/** Socket, outbox and store as one: what an application holds to talk and to listen. */
import type { Http } from './http';
import { Link, type LinkState } from './link';
import { Outbox, type Pending, type Shelf } from './outbox';
import type { Body, Entry, Me, Presence, ServerFrame, Stream } from './protocol';
import { Store } from './store';

export interface LiveOptions {
  http: Http;
  shelf: Shelf;
  device: 'phone' | 'desktop';
  url?: string;
  /** Offers, requests, presence, changed lists: what is not a stream belongs to the application. */
  onFrame?: (frame: ServerFrame) => void;
}

const TYPING_EVERY_MS = 3_000;
const TYPING_SHOWN_MS = 5_000;
const AGAIN_MS = 1_000;
const passing = ['unavailable', 'too_many', 'internal'];

/** Whether a pull that met this refusal is made again: it changes nothing, whatever happened to it. */
export const repeated = (code: string): boolean => passing.includes(code);

export class Live {
  readonly store = new Store();
  readonly outbox: Outbox;
  readonly link: Link;
  /** Who the server says we are, after the first welcome. */
  me: Me | null = null;
  #epoch = '';
  #typed = 0;
  /** The streams of each open conversation. */
  #open = new Map<string, readonly Stream[]>();
  #told = new Map<string, { delivered: number; read: number }>();
  /** The streams to be pulled again a little later. */
  #wanted = new Set<string>();

  constructor(private readonly options: LiveOptions) {
    this.link = new Link({
      http: options.http,
      url: options.url,
      device: options.device,
      marks: () => this.store.marks(),
      onFrame: (frame) => this.#receive(frame),
      onState: (state) => this.#moved(state),
    });
    this.outbox = new Outbox({
      shelf: options.shelf,
      send: (command) => this.link.send(command),
      onChange: () => this.store.tell(),
    });
  }

  get state(): LinkState {
    return this.link.state;
  }

  /** Takes up the outbox and connects. */
  async start(): Promise<void> {
    await this.outbox.restore();
    this.link.start();
  }

  stop(): void {
    this.link.stop();
  }

  /** Forgets everything on this device: sign-out. */
  wipe(): void {
    this.stop();
    this.outbox.clear();
    this.store.forget();
    this.#open.clear();
    this.#told.clear();
  }

  /** Follows a conversation from now on, its newest entries first. */
  async open(conversation: string, streams: readonly Stream[] = ['shared']): Promise<void> {
    const thread = this.store.thread(conversation);
    this.#open.set(conversation, streams);
    await Promise.all(
      streams.map(async (stream) => {
        if (thread[stream].high > 0) return;
        const page = await this.#page(conversation, stream, {});
        thread[stream].seed(page.entries, page.last);
        this.#took(page.entries);
        this.store.touch(conversation);
      }),
    );
    this.#follow(conversation);
    this.#tellDelivered(conversation);
  }

  /** A pull also says that what comes later is wanted; the hello said so for what was open then. */
  #follow(conversation: string): void {
    const thread = this.store.thread(conversation);
    for (const stream of this.#open.get(conversation) ?? []) {
      this.link.send({ t: 'pull', conversation, stream, after: thread[stream].high, limit: 200 });
    }
  }

  /** One page of older entries; false where there is none. */
  async older(conversation: string, stream: Stream = 'shared'): Promise<boolean> {
    const range = this.store.thread(conversation)[stream];
    if (range.low <= 1) return false;
    const page = await this.#page(conversation, stream, { before: range.low });
    this.store.add(conversation, stream, page.entries);
    return range.low > 1;
  }

  async #page(conversation: string, stream: Stream, where: { before?: number }) {
    type Page = { items?: Entry[]; entries?: Entry[]; last?: number };
    const path = `/api/conversations/${conversation}/entries`;
    // Without a place the newest page is wanted: `before` a number above all numbers.
    const before = where.before ?? 2_147_483_647;
    const page = await this.options.http.get<Page>(path, { stream, before, limit: 100 });
    const entries = (page.entries ?? page.items ?? []).slice().sort((a, b) => a.no - b.no);
    return { entries, last: page.last ?? entries.at(-1)?.no ?? 0 };
  }

  /** Takes in how far the others have got, as a conversation's header tells it; my own mark is the answer. */
  receipts(
    conversation: string,
    list: readonly { person: string; delivered: number; read: number }[],
    me: string,
  ): number {
    let mine = 0;
    for (const one of list) {
      if (one.person === me) mine = one.read;
      else this.store.receipt(conversation, one.person, one.delivered, one.read);
    }
    return mine;
  }

  post(conversation: string, body: Body, stream: Stream = 'shared'): string {
    this.#typed = 0;
    return this.outbox.add({ conversation, stream, kind: 'send', body });
  }

  edit(entry: Entry, body: Body): string {
    const { conversation, stream } = entry;
    return this.outbox.add({ conversation, stream, kind: 'edit', entry: entry.id, body });
  }

  recall(entry: Entry): string {
    const { conversation, stream } = entry;
    return this.outbox.add({ conversation, stream, kind: 'recall', entry: entry.id, body: {} });
  }

  pending(conversation: string): readonly Pending[] {
    return this.outbox.list.filter((one) => one.conversation === conversation);
  }

  /** Everything held of the shared stream has been seen. */
  read(conversation: string): void {
    const no = this.store.thread(conversation).shared.high;
    const told = this.#told.get(conversation);
    if (no > (told?.read ?? 0) && this.link.send({ t: 'read', conversation, no })) {
      this.#told.set(conversation, { delivered: no, read: no });
    }
  }

  typing(conversation: string): void {
    if (Date.now() - this.#typed < TYPING_EVERY_MS) return;
    if (this.link.send({ t: 'typing', conversation })) this.#typed = Date.now();
  }

  presence(status: Presence, capacity: number): boolean {
    return this.link.send({ t: 'presence', status, capacity });
  }

  #moved(state: LinkState): void {
    if (state !== 'online') this.outbox.interrupted();
    this.store.tell();
  }

  #receive(frame: ServerFrame): void {
    switch (frame.t) {
      case 'welcome':
        this.#welcome(frame);
        break;
      case 'entries':
        if (this.store.has(frame.conversation)) {
          this.#take(frame.conversation, frame.stream, frame.entries, frame.last);
        }
        break;
      case 'ack':
        this.#acknowledged(frame.client_key, frame.entry);
        break;
      case 'refused':
        this.outbox.refused(frame.client_key, frame.error, frame.detail, frame.retry_after);
        break;
      case 'receipt':
        if (frame.person !== this.me?.id && this.store.has(frame.conversation)) {
          this.store.receipt(frame.conversation, frame.person, frame.delivered, frame.read);
        }
        break;
      case 'error':
        if (frame.conversation && frame.stream && repeated(frame.error)) {
          this.#again(frame.conversation, frame.stream);
        }
        break;
      case 'typing':
        this.#typing(frame.conversation, frame.person);
        break;
    }
    this.options.onFrame?.(frame);
  }

  #welcome(frame: Extract<ServerFrame, { t: 'welcome' }>): void {
    this.me = frame.person;
    const open = this.store.conversations;
    if (this.#epoch && this.#epoch !== frame.epoch) {
      // Another data store: nothing that we hold is its.
      this.store.forget();
      for (const conversation of open) {
        void this.open(conversation, this.#open.get(conversation)).catch(() => undefined);
      }
    } else {
      for (const conversation of open) {
        if (!frame.streams.some((mark) => mark.conversation === conversation)) {
          this.#follow(conversation);
        }
      }
      for (const mark of frame.streams) {
        for (const stream of ['shared', 'internal'] as const) {
          const range = this.store.thread(mark.conversation)[stream];
          range.last = Math.max(range.last, range.high > 0 ? mark[stream] : 0);
        }
      }
    }
    this.#epoch = frame.epoch;
    this.#told.clear();
    this.outbox.flush();
  }

  #acknowledged(key: string, entry: Entry): void {
    this.outbox.acknowledged(key, entry);
    if (entry.no > 0) this.#take(entry.conversation, entry.stream, [entry], entry.no);
  }

  #take(conversation: string, stream: Stream, entries: readonly Entry[], last: number): void {
    const after = this.store.add(conversation, stream, entries, last);
    this.#took(entries);
    if (after !== null) this.link.send({ t: 'pull', conversation, stream, after, limit: 200 });
    if (stream === 'shared') this.#tellDelivered(conversation);
  }

  #again(conversation: string, stream: Stream): void {
    const which = `${conversation} ${stream}`;
    if (this.#wanted.has(which)) return;
    this.#wanted.add(which);
    setTimeout(() => {
      this.#wanted.delete(which);
      if (!this.store.has(conversation)) return;
      const after = this.store.thread(conversation)[stream].high;
      this.link.send({ t: 'pull', conversation, stream, after, limit: 200 });
    }, AGAIN_MS);
  }

  #took(entries: readonly Entry[]): void {
    for (const entry of entries) if (entry.client_key) this.outbox.seen(entry.client_key);
  }

  #tellDelivered(conversation: string): void {
    const no = this.store.thread(conversation).shared.high;
    const told = this.#told.get(conversation) ?? { delivered: 0, read: 0 };
    if (no > told.delivered && this.link.send({ t: 'delivered', conversation, no })) {
      this.#told.set(conversation, { ...told, delivered: no });
    }
  }

  #typing(conversation: string, person: string): void {
    if (person === this.me?.id || !this.store.has(conversation)) return;
    const until = Date.now() + TYPING_SHOWN_MS;
    this.store.typing(conversation, person, until);
    setTimeout(() => {
      const typing = this.store.thread(conversation).typing;
      if (typing.get(person) !== until) return;
      typing.delete(person);
      this.store.touch(conversation);
    }, TYPING_SHOWN_MS);
  }
}
