/** The live socket (docs/protocol.md): ticket, hello, ping, back-off with jitter, drain. Knows frames, not messages. */
import { setClock } from './clock';
import { ApiError, type Http } from './http';
import type { ClientFrame, ServerFrame, StreamMark } from './protocol';

export type LinkState =
  | 'connecting'
  | 'online'
  | 'offline'
  | 'signed_out'
  | 'forbidden'
  | 'replaced';

export interface LinkOptions {
  http: Http;
  /** `wss://host/ws`; of the page's own origin by default. */
  url?: string;
  device: 'phone' | 'desktop';
  /** What we hold, for the hello. */
  marks: () => StreamMark[];
  onFrame: (frame: ServerFrame) => void;
  onState: (state: LinkState) => void;
  /** Number in [0, 1); for tests. */
  random?: () => number;
}

const PING_MS = 20_000;
const SILENT_MS = 45_000;
const WELCOME_MS = 15_000;
const LONGEST_MS = 30_000;
const stops: Record<number, LinkState> = {
  4401: 'signed_out',
  4403: 'forbidden',
  4409: 'replaced',
};

/** Whether a close code says that coming back is of no use. */
export const ends = (code: number): boolean => code in stops;

/** Milliseconds to wait before the n-th try (from 0): full jitter up to half a second doubled n times. */
export const backoff = (n: number, random: () => number): number =>
  Math.round(250 + random() * Math.min(LONGEST_MS, 500 * 2 ** n));

export class Link {
  #socket: WebSocket | null = null;
  #state: LinkState = 'offline';
  #tries = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #heard = 0;
  #pinged = 0;
  /** How long a draining server asked us to stay away. */
  #rest = 0;
  #wanted = false;
  #opening = false;

  constructor(private readonly options: LinkOptions) {}

  get state(): LinkState {
    return this.#state;
  }

  /** Connects and stays connected until `stop`. */
  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    addEventListener('online', this.#soon);
    document.addEventListener('visibilitychange', this.#soon);
    void this.#connect();
  }

  stop(): void {
    this.#wanted = false;
    removeEventListener('online', this.#soon);
    document.removeEventListener('visibilitychange', this.#soon);
    clearTimeout(this.#retry);
    this.#drop();
    this.#set('offline');
  }

  /** Sends a frame when there is a line; false where there is none. */
  send(frame: ClientFrame): boolean {
    if (this.#state !== 'online' || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** The person came back or the network did: try at once instead of waiting for the back-off. */
  #soon = (): void => {
    if (document.visibilityState === 'hidden' || !this.#wanted) return;
    if (this.#state === 'online') {
      this.#ping();
      return;
    }
    if (this.#state !== 'offline') return;
    this.#tries = 0;
    void this.#connect();
  };

  async #connect(): Promise<void> {
    if (this.#opening || this.#socket) return;
    this.#opening = true;
    clearTimeout(this.#retry);
    this.#set('connecting');
    // A network that went away without a word would keep the question for minutes.
    const signal = AbortSignal.timeout(WELCOME_MS);
    try {
      const { ticket } = await this.options.http.post<{ ticket: string }>(
        '/api/socket-ticket',
        {},
        { signal },
      );
      if (!this.#wanted) return;
      this.#open(ticket);
    } catch (problem) {
      const status = problem instanceof ApiError ? problem.status : 0;
      if (status === 401) this.#end('signed_out');
      else if (status === 403) this.#end('forbidden');
      else this.#again();
    } finally {
      this.#opening = false;
    }
  }

  #open(ticket: string): void {
    const own = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;
    const socket = new WebSocket(`${this.options.url ?? own}?ticket=${encodeURIComponent(ticket)}`);
    this.#socket = socket;
    // A line that does not become welcome is none: whatever the reason, the next try may find a better one.
    this.#patience = setTimeout(() => this.#lost(), WELCOME_MS);
    socket.onopen = () => {
      this.#heard = Date.now();
      this.#pinged = Date.now();
      const { device, marks } = this.options;
      socket.send(JSON.stringify({ t: 'hello', protocol: 1, streams: marks(), device }));
      this.#beat = setInterval(() => this.#tick(), 5_000);
    };
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#receive(JSON.parse(String(event.data)) as ServerFrame);
    };
    socket.onclose = (event) => {
      if (socket !== this.#socket) return;
      const end = stops[event.code];
      if (end) this.#end(end);
      else this.#lost(event.code === 4429 ? LONGEST_MS : this.#rest);
    };
  }

  #receive(frame: ServerFrame): void {
    this.#heard = Date.now();
    if (frame.t === 'welcome' || frame.t === 'pong') {
      setClock(frame.now, Date.now() - this.#pinged);
    }
    if (frame.t === 'welcome') {
      clearTimeout(this.#patience);
      this.#tries = 0;
      this.#rest = 0;
      this.#set('online');
    }
    this.options.onFrame(frame);
    if (frame.t === 'drain') this.#drained(frame.after_ms);
  }

  /** The server is about to stop: what is under way may finish; after so long we return. */
  #drained(after: number): void {
    this.#rest = after;
    const socket = this.#socket;
    setTimeout(() => {
      if (socket && socket === this.#socket) this.#lost();
    }, after);
  }

  #tick(): void {
    if (Date.now() - this.#heard > SILENT_MS) this.#lost();
    else if (Date.now() - this.#pinged >= PING_MS) this.#ping();
  }

  #ping(): void {
    this.#pinged = Date.now();
    this.send({ t: 'ping' });
  }

  #lost(least?: number): void {
    this.#drop();
    this.#again(least);
  }

  #again(least = 0): void {
    if (!this.#wanted) return;
    this.#set('offline');
    const wait = least + backoff(this.#tries, this.options.random ?? Math.random);
    this.#tries += 1;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), wait);
  }

  #end(state: LinkState): void {
    this.#wanted = false;
    this.#drop();
    this.#set(state);
  }

  #drop(): void {
    clearInterval(this.#beat);
    clearTimeout(this.#patience);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #set(state: LinkState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.options.onState(state);
  }
}
