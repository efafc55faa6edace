/** The streams that this page holds: entries by number, without gaps, and what is known of the other side. */
import type { Entry, Stream, StreamMark } from './protocol';

/** A hello lists so many conversations; the others are pulled after it. */
const LISTED = 500;

/** A gap-free range of one numbered stream. */
export class Range {
  #entries = new Map<number, Entry>();
  /** Highest number held without a gap above `low`; 0 when nothing is. */
  high = 0;
  /** Lowest number held; 1 above `high` when nothing is. */
  low = 1;
  /** Highest number that the server has spoken of. */
  last = 0;

  /** The entries held without a gap, in order; the same array until something changes. */
  #ordered: readonly Entry[] = [];
  get ordered(): readonly Entry[] {
    return this.#ordered;
  }

  /** Takes entries in. True where numbers are missing, so that the caller pulls after `high`. */
  add(entries: readonly Entry[], last = 0): boolean {
    this.last = Math.max(this.last, last, ...entries.map((entry) => entry.no));
    for (const entry of entries) this.#entries.set(entry.no, entry);
    while (this.#entries.has(this.high + 1)) this.high += 1;
    while (this.low > 1 && this.#entries.has(this.low - 1)) this.low -= 1;
    this.#order();
    return this.high < this.last;
  }

  /** Starts at the newest page instead of at number 1; older ones come by `add`. */
  seed(entries: readonly Entry[], last: number): void {
    if (this.high > 0) {
      this.add(entries, last);
      return;
    }
    const first = entries[0]?.no ?? last + 1;
    this.low = first;
    this.high = first - 1;
    this.add(entries, last);
  }

  #order(): void {
    const list: Entry[] = [];
    for (let no = this.low; no <= this.high; no += 1) {
      const entry = this.#entries.get(no);
      if (entry) list.push(entry);
    }
    this.#ordered = list;
  }
}

export interface Receipt {
  delivered: number;
  read: number;
}

export class Thread {
  readonly shared = new Range();
  readonly internal = new Range();
  /** Marks of the others, by person. */
  readonly receipts = new Map<string, Receipt>();
  /** Who is typing, until when (device time, ms). */
  readonly typing = new Map<string, number>();
  /** Changes with every change of the thread. */
  version = 0;

  /** The furthest mark of anybody else. */
  get mark(): Receipt {
    const all = [...this.receipts.values()];
    return {
      delivered: Math.max(0, ...all.map((one) => one.delivered)),
      read: Math.max(0, ...all.map((one) => one.read)),
    };
  }
}

export class Store {
  #threads = new Map<string, Thread>();
  #readers = new Set<() => void>();
  version = 0;

  thread(conversation: string): Thread {
    let thread = this.#threads.get(conversation);
    if (!thread) {
      thread = new Thread();
      this.#threads.set(conversation, thread);
    }
    return thread;
  }

  get conversations(): string[] {
    return [...this.#threads.keys()];
  }

  has(conversation: string): boolean {
    return this.#threads.has(conversation);
  }

  /** What is held, for the hello of a new socket; of very many threads the last ones. */
  marks(): StreamMark[] {
    return [...this.#threads].slice(-LISTED).map(([conversation, thread]) => ({
      conversation,
      shared: thread.shared.high,
      internal: thread.internal.high,
    }));
  }

  /** Takes entries in; the number to pull after where some are missing. */
  add(conversation: string, stream: Stream, entries: readonly Entry[], last = 0): number | null {
    const thread = this.thread(conversation);
    const gap = thread[stream].add(entries, last);
    for (const entry of entries) if (entry.sender) thread.typing.delete(entry.sender.id);
    this.touch(conversation);
    return gap ? thread[stream].high : null;
  }

  receipt(conversation: string, person: string, delivered: number, read: number): void {
    const thread = this.thread(conversation);
    const was = thread.receipts.get(person) ?? { delivered: 0, read: 0 };
    thread.receipts.set(person, {
      delivered: Math.max(was.delivered, delivered),
      read: Math.max(was.read, read),
    });
    this.touch(conversation);
  }

  typing(conversation: string, person: string, until: number): void {
    this.thread(conversation).typing.set(person, until);
    this.touch(conversation);
  }

  /** Forgets one conversation, or everything: on sign-out, dissolution, another data store. */
  forget(conversation?: string): void {
    if (conversation) this.#threads.delete(conversation);
    else this.#threads.clear();
    this.tell();
  }

  touch(conversation: string): void {
    this.thread(conversation).version += 1;
    this.tell();
  }

  subscribe = (reader: () => void): (() => void) => {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  };

  tell(): void {
    this.version += 1;
    for (const reader of this.#readers) reader();
  }
}
