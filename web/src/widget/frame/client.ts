/** The client's side as data: who serves me, what I have asked, and the conversation. Screens read it and call it. */
import { ApiError } from '../../core/http';
import { language, named } from '../../core/i18n';
import { Live } from '../../core/live';
import { sessionShelf } from '../../core/outbox';
import type {
  Attachment,
  Body,
  Card,
  Choice,
  Context,
  Entry,
  Me,
  Person,
  PersonCard,
  Presence,
  Request,
  ServerFrame,
} from '../../core/protocol';
import { uuid7 } from '../../core/uuid';
import type { PageContext } from '../wire';
import { tell } from './port';
import { api } from './session';
import { Unread } from './unread';

export interface Slot {
  starts_at: number;
  free: boolean;
}

export interface Home {
  advisor: PersonCard | null;
  successor_of?: { name: string } | null;
  connection: { state: string; since?: number } | null;
  handover?: boolean;
  /** The newest notice of a breach of personal information that was not read. */
  breach?: { conversation: string; at: number } | null;
  notice: { version: string; text: string; acknowledged_at: number | null };
  conversation?: string | null;
  request?: Request | null;
  hours: { open: boolean; opens_at?: number | null; slots?: Slot[] };
  visitor: boolean;
}

export interface Header {
  id: string;
  state: string;
  with?: 'assistant' | 'person';
  handler?: PersonCard | null;
  may: { send: boolean };
  reason?: string | null;
  rating?: number | null;
  people?: Person[];
  receipts?: { person: string; delivered: number; read: number }[];
}

const SEEKING = 'visavis.seeking';
const waiting = new Set(['waiting', 'held', 'offered', 'pooled']);

/** Whether somebody is still being sought. */
export const isLive = (request: Request | null): boolean =>
  request !== null && waiting.has(request.state);

export type View = 'home' | 'conversation' | 'night' | 'suit' | 'complaint';

/** An ended conversation in a list: its last words, and when they were said. */
export type Ended = { id: string; last: { text: string | null; at: number } | null };

export class Client {
  readonly live: Live;
  home: Home | null = null;
  header: Header | null = null;
  view: View = 'home';
  /** The page that the next question is about, unless the client takes it away. */
  context: PageContext | null = null;
  conversation: string | null = null;
  /** The product that the client looks at, whether by a card, and from where. */
  product: { id: string; card: boolean; from: View } | null = null;
  request: Request | null = null;
  with: 'assistant' | 'person' = 'person';
  presence: Presence | null = null;
  rated = false;
  /** The client goes on with the successor in the same conversation. */
  goesOn = false;
  readUpTo: number | undefined;
  /** Conversations that have ended, the newest first: the client keeps them. */
  past: Ended[] = [];
  problem: ApiError | null = null;
  /** Whether the panel is on screen. */
  shown = true;
  readonly #unread = new Unread((count) => tell({ t: 'unread', count }));
  /** How often home was asked for, and how often the server showed the request. */
  #turn = 0;
  #heard = 0;
  #seeking: string | null = null;

  constructor(
    readonly me: Me,
    private readonly firmNames: Me['firm'],
  ) {
    this.live = new Live({
      http: api,
      shelf: sessionShelf(`visavis.outbox.${me.id}`),
      device: matchMedia('(max-width: 767px)').matches ? 'phone' : 'desktop',
      onFrame: (frame) => this.#hear(frame),
    });
    // A socket that was closed for want of a session asks over HTTP, where the end of a session is dealt with.
    let asked = false;
    this.live.store.subscribe(() => {
      if (asked || !['signed_out', 'forbidden'].includes(this.live.state)) return;
      asked = true;
      void api.get('/api/me').then(
        () =>
          setTimeout(() => {
            asked = false;
            this.live.link.start();
          }, 5_000),
        () => undefined,
      );
    });
  }

  get firm(): string {
    return named(this.firmNames);
  }

  /** Whether this is about real people; simulated and test ones are never shown as verified. */
  get real(): boolean {
    return this.me.environment === 'real';
  }

  get noticed(): boolean {
    return Boolean(this.home?.notice.acknowledged_at);
  }

  /** The one who answers in the open conversation. */
  get advisor(): PersonCard | null {
    return this.header?.handler ?? this.request?.advisor ?? this.home?.advisor ?? null;
  }

  /** Whose connection with the client has ended, as long as nobody has taken the place in this conversation. */
  get left(): string | null {
    const { header, conversation } = this;
    if (!header || !conversation || header.state === 'closed' || header.handler) return null;
    const { ordered } = this.live.store.thread(conversation).shared;
    for (let at = ordered.length - 1; at >= 0; at -= 1) {
      const { code, params } = ordered[at]?.body ?? {};
      if (code === 'joined' || code === 'transferred') return null;
      // An advisor whom dispatch takes out is followed by the next one without a word from the client.
      if (code === 'left') {
        if (String(params?.reason).startsWith('dispatch_')) return null;
        return named({ name: String(params?.name ?? ''), name_en: params?.name_en as string });
      }
    }
    return null;
  }

  /** The same, where the client has not yet gone on with somebody else and nobody is being sought. */
  get former(): string | null {
    return this.goesOn || isLive(this.request) ? null : this.left;
  }

  async start(): Promise<void> {
    try {
      this.#seeking = sessionStorage.getItem(SEEKING);
    } catch {
      // as below
    }
    await this.refresh();
    await this.live.start();
    const open = this.home?.conversation;
    if (open && (this.home?.request || open === this.#seeking)) await this.show(open);
    await this.#sought();
  }

  /** Asks again who serves me and what is open. */
  async refresh(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    const heard = this.#heard;
    const home = await api.get<Home>('/api/client/home');
    // What was asked again, or told meanwhile, is younger than this answer.
    if (turn !== this.#turn) return;
    this.home = home;
    if (home.request) this.#show(home.request);
    else if (heard === this.#heard) this.request = null;
    const path = '/api/conversations?state=closed&limit=5';
    void api.get<{ items: Ended[] }>(path).then(
      ({ items }) => {
        this.past = items.filter((one) => one.last?.text);
        this.#changed();
      },
      () => undefined,
    );
    if (this.home.advisor) this.presence = this.home.advisor.presence ?? null;
    this.#changed();
  }

  async acknowledge(): Promise<void> {
    if (!this.home) return;
    await api.post('/api/client/notice', { version: this.home.notice.version });
    this.home = { ...this.home, notice: { ...this.home.notice, acknowledged_at: Date.now() } };
    this.#changed();
  }

  /** Opens a conversation, or goes on with the open one. */
  async ask(whom: 'assistant' | 'person'): Promise<void> {
    const context: Context | null = this.context;
    const made = await api.post<Header | { conversation: string }>('/api/client/conversations', {
      with: whom,
      ...(context ? { context } : {}),
    });
    this.with = whom;
    this.goesOn = true;
    await this.show('id' in made ? made.id : made.conversation);
  }

  async show(conversation: string): Promise<void> {
    this.conversation = conversation;
    this.readUpTo = undefined;
    this.rated = false;
    if (conversation !== this.header?.id) this.header = null;
    this.view = 'conversation';
    this.#changed();
    await Promise.all([this.live.open(conversation), this.#head(conversation)]);
  }

  async #head(conversation: string): Promise<void> {
    const header = await api.get<Header>(`/api/conversations/${conversation}`);
    if (conversation !== this.conversation) return;
    this.header = { ...header, handler: header.handler && spoken(header.handler) };
    const read = this.live.receipts(conversation, header.receipts ?? [], this.me.id);
    this.readUpTo ??= read;
    if (header.handler) this.goesOn = false;
    if (header.with) this.with = isLive(this.request) ? 'person' : header.with;
    this.#changed();
  }

  /** Looks at a product: whether it may be shown is decided now. */
  look(id: string, card: boolean): void {
    this.product = { id, card, from: this.view };
    this.view = 'suit';
    this.#changed();
  }

  /** One step back: from a product to where it was found, from everything else home. */
  back(): void {
    const { product } = this;
    this.product = null;
    this.go(product?.from ?? 'home');
  }

  go(view: View): void {
    this.view = view;
    this.#changed();
    if (view === 'home') void this.refresh().catch(() => undefined);
  }

  /** Sends the client's words; the first ones to a person open the request for one, once they have arrived. */
  async say(body: Body): Promise<void> {
    const { conversation } = this;
    if (!conversation) return;
    this.live.post(conversation, body);
    if (this.with === 'person' && !this.request && !this.header?.handler) {
      this.#seek(conversation);
      await this.#sought();
    }
  }

  /** Sends the client's words and waits for their arrival, some seconds at most. */
  async deliver(body: Body): Promise<void> {
    const { conversation } = this;
    if (!conversation) return;
    this.live.post(conversation, body);
    await new Promise<void>((done) => {
      const stop = this.live.store.subscribe(() => this.#leaving(conversation) || end());
      const timer = setTimeout(() => end(), 5_000);
      const end = () => {
        stop();
        clearTimeout(timer);
        done();
      };
      if (!this.#leaving(conversation)) end();
    });
  }

  /** Whether words of the client are still on their way. */
  #leaving(conversation: string): boolean {
    return this.live
      .pending(conversation)
      .some((one) => one.state === 'queued' || one.state === 'sending');
  }

  /** Remembers, over a reload too, that the words on their way ask for a person. */
  #seek(conversation: string | null): void {
    this.#seeking = conversation;
    try {
      if (conversation) sessionStorage.setItem(SEEKING, conversation);
      else sessionStorage.removeItem(SEEKING);
    } catch {
      // storage is forbidden in this frame: it is remembered as long as the page lives
    }
  }

  async #sought(): Promise<void> {
    const { conversation } = this;
    if (!conversation || this.#seeking !== conversation || this.#leaving(conversation)) return;
    this.#seek(null);
    if (this.with === 'person' && !this.header?.handler) await this.reach();
  }

  /** Asks for a person in the open conversation. */
  async reach(): Promise<void> {
    if (!this.conversation || this.request) return;
    await this.#request('/api/client/requests', {
      conversation: this.conversation,
      language: language(),
      ...(this.context ? { context: this.context } : {}),
    });
    this.with = 'person';
    this.#changed();
  }

  async #request(path: string, body: object): Promise<void> {
    this.#show(await api.post<Request>(path, body));
  }

  /** Shows the request as it is told here, unless a younger picture of it, or a younger request, is shown already. */
  #show(told: Request): void {
    const known = this.request;
    this.#heard += 1;
    // Ids rise with time (RFC 9562, version 7).
    if (known && (told.id < known.id || (told.id === known.id && told.version < known.version))) {
      return;
    }
    this.request = told;
  }

  /** Asks for a person once more, after nobody could be reached. */
  async again(): Promise<void> {
    this.request = null;
    await this.reach();
  }

  /** Whom the client may choose instead of the own advisor. */
  async choices(): Promise<PersonCard[]> {
    const found = await api.get<{ items: PersonCard[] }>('/api/client/advisor/choices');
    return found.items.map(spoken);
  }

  /** Wants another advisor: this one, or whom the firm proposes next. */
  async exchange(choice: string | null): Promise<void> {
    await api.post('/api/client/advisor/decline', choice ? { choice } : {});
    await this.refresh();
  }

  /** The reader speaks another language now: names and lines of the server follow. */
  async respeak(): Promise<void> {
    await this.refresh();
    if (this.conversation) await this.#head(this.conversation);
  }

  async choose(choice: Choice): Promise<void> {
    if (!this.request) return;
    await this.#request(`/api/client/requests/${this.request.id}/choice`, { choice });
    this.#settle();
  }

  async slots(): Promise<Slot[]> {
    const found = await api.get<{ items: Slot[] } | Slot[]>('/api/client/slots');
    return Array.isArray(found) ? found : found.items;
  }

  async book(starts_at: number): Promise<void> {
    if (!this.request) return;
    const path = `/api/client/requests/${this.request.id}/slot`;
    await this.#request(path, { starts_at });
    this.#settle();
  }

  async rate(stars: number, text: string): Promise<void> {
    const path = `/api/client/conversations/${this.conversation}/rating`;
    await api.post(path, { stars, ...(text.trim() ? { text: text.trim() } : {}) });
    this.rated = true;
    this.#changed();
  }

  async forward(entry: Entry, card: Card): Promise<void> {
    const path = `/api/conversations/${this.conversation}/forward`;
    await api.post(path, { entry: entry.id, card, client_key: uuid7() });
  }

  /** A file that proves what was said; the page /receipt checks it without us. */
  async receipt(entry: string): Promise<void> {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await api.blob(`/api/client/entries/${entry}/receipt`));
    link.download = `receipt-${entry}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  async upload(file: File): Promise<Attachment> {
    const form = new FormData();
    form.append('file', file);
    return api.upload<Attachment>(`/api/conversations/${this.conversation}/attachments`, form);
  }

  setContext(context: PageContext | null): void {
    this.context = context;
    this.#changed();
  }

  setShown(shown: boolean): void {
    this.shown = shown;
    if (shown) this.#changed();
  }

  /** Everything in sight was seen. */
  seen(): void {
    if (!this.conversation || !this.shown) return;
    this.live.read(this.conversation);
    this.#unread.clear();
  }

  /** Keeps a failure to be shown beside what failed. */
  async attempt(act: () => Promise<unknown>): Promise<boolean> {
    this.problem = null;
    try {
      await act();
      return true;
    } catch (error) {
      this.problem =
        error instanceof ApiError ? error : new ApiError(0, 'unexpected', String(error));
      return false;
    } finally {
      this.#changed();
    }
  }

  #hear(frame: ServerFrame): void {
    if (frame.t === 'request') {
      this.#show(frame.request);
      this.#settle();
    } else if (frame.t === 'ack' || frame.t === 'refused') {
      if (this.#seeking) void this.attempt(() => this.#sought());
    } else if (frame.t === 'presence') {
      if (frame.person === this.advisor?.id) this.presence = frame.status;
      this.#changed();
    } else if (frame.t === 'changed') {
      void this.refresh().catch(() => undefined);
      if (this.conversation) void this.#head(this.conversation).catch(() => undefined);
    } else if (frame.t === 'entries' && frame.conversation === this.conversation) {
      if (!this.shown) this.#unread.came(frame.entries, this.me.id);
      if (frame.entries.some((entry) => entry.kind === 'system')) {
        void this.#head(frame.conversation).catch(() => undefined);
      }
    }
  }

  /** A request that found its advisor, or its end, changes who stands in the header. */
  #settle(): void {
    this.#changed();
    if (!this.conversation) return;
    void this.#head(this.conversation).catch(() => undefined);
  }

  #changed(): void {
    this.live.store.tell();
  }
}

const pictures = new Map<string, Promise<string>>();

/** A picture or file behind the client's token, fetched once, as an address of this page. */
export function attachmentSource(attachment: Attachment): Promise<string> {
  let url = pictures.get(attachment.id);
  if (!url) {
    url = api.blob(`/api/attachments/${attachment.id}`).then((blob) => URL.createObjectURL(blob));
    url.catch(() => pictures.delete(attachment.id));
    pictures.set(attachment.id, url);
  }
  return url;
}

/** A card in the reader's language, where the server gives both. */
export function spoken(card: PersonCard): PersonCard {
  const english = language() === 'en';
  return {
    ...card,
    name: named(card),
    branch: (english && card.branch_en) || card.branch,
    firm: (english && card.firm_en) || card.firm,
  };
}
