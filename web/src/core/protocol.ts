/** The words of docs/protocol.md and docs/contract.md as types: what both sides put on the wire. */

export type Environment = 'real' | 'simulated' | 'test';
export type Role =
  | 'client'
  | 'advisor'
  | 'client_manager'
  | 'broker_agent'
  | 'supervisor'
  | 'assistant'
  | 'system';
export type Stream = 'shared' | 'internal';
export type Presence = 'online' | 'busy' | 'break' | 'off';

export interface Person {
  id: string;
  name: string;
  name_en?: string | null;
  role: Role;
  machine?: boolean;
  code?: string | null;
}

export interface PageCard {
  kind: 'page';
  url: string;
  title: string;
}
export interface KnowledgeCard {
  kind: 'knowledge';
  entry: string;
  version: number;
  title: string;
  excerpt: string;
}
export interface ProductCard {
  kind: 'product';
  product: string;
  version: number;
  title: string;
  risk: string;
  /** The risk points of the register. */
  excerpt: string;
  /** The sender's own view. */
  view?: string;
}
export type Card = PageCard | KnowledgeCard | ProductCard;

export interface Attachment {
  id: string;
  name: string;
  type: string;
  size: number;
  width?: number | null;
  height?: number | null;
}

export interface Citation {
  n: number;
  entry: string;
  version: number;
  title: string;
  reviewed: string;
}

export interface Body {
  text?: string;
  /** What a colleague wrote when handing the conversation over. */
  note?: string;
  cards?: Card[];
  attachments?: Attachment[];
  citations?: Citation[];
}

export interface SystemBody {
  code: string;
  params: Record<string, string | number>;
}

export interface Verdict {
  action: 'pass' | 'nudge' | 'hold' | 'block';
  policies: {
    id: string;
    category: string;
    title: string;
    reason: string;
    alternative?: string | null;
  }[];
  /** UTF-16 offsets in the text. */
  spans: [start: number, end: number][];
}

export type EntryKind =
  | 'message'
  | 'edit'
  | 'recall'
  | 'system'
  | 'note'
  | 'verdict'
  | 'transfer'
  | 'summary';

export interface Entry {
  id: string;
  conversation: string;
  stream: Stream;
  /** Position in the stream, from 1, without a gap. */
  no: number;
  kind: EntryKind;
  sender: Person | null;
  /** UTC milliseconds. */
  at: number;
  /** `decision` of a verdict: what a supervisor has done about the held message it is `of`. */
  body: Body & Partial<SystemBody> & { decision?: 'released' | 'refused' };
  state: 'kept' | 'held' | 'blocked';
  client_key?: string | null;
  of?: string | null;
  record?: string | null;
  verdict?: Verdict | null;
}

export interface PersonCard {
  id: string;
  name: string;
  name_en?: string | null;
  role: Role;
  code: string | null;
  firm: string;
  firm_en?: string | null;
  branch: string | null;
  branch_en?: string | null;
  photo: string | null;
  verify_url: string | null;
  usual_reply_s: number | null;
  presence?: Presence;
}

export interface Context {
  url: string;
  title: string;
  product?: string | null;
}

export type Choice = 'wait' | 'message' | 'another' | 'cancel';

export interface Request {
  id: string;
  /** Rises with every change: a lower one is older, whenever it comes. */
  version: number;
  conversation: string;
  state: string;
  stage: string;
  topic: string | null;
  /** Place in the line, from 1. */
  position: number | null;
  estimate: { seconds: number | null; count: number };
  opened_at: number;
  advisor?: PersonCard | null;
  choices: Choice[];
  wait?: 'mine' | 'anyone';
  /** Whether a time may be booked instead. */
  slots?: boolean;
  /** Nobody who may answer can be asked now. */
  stranded?: boolean;
  /** When the booked time begins. */
  slot_at?: number | null;
}

export interface Offer {
  id: string;
  request: string;
  topic: string;
  language: string;
  capability: string;
  waiting_since: number;
  why: { code: string; params: Record<string, string | number> }[];
  own_client: boolean;
  client?: { id: string; name: string; name_en?: string | null } | null;
  excerpt?: string | null;
  rank: number;
  of: number;
  issued_at: number;
  expires_at: number;
  pooled: boolean;
}

export interface Me {
  id: string;
  name: string;
  roles: string[];
  kind: 'staff' | 'client' | 'visitor';
  environment: Environment;
  language: string;
  name_en?: string;
  branch?: string | null;
  branch_en?: string | null;
  branch_id?: string | null;
  code?: string | null;
  photo?: string | null;
  capacity?: number | null;
  topics?: string[];
  languages?: string[];
  capabilities?: string[];
  firm: { name: string; name_en?: string };
  demo: boolean;
}

export interface StreamMark {
  conversation: string;
  shared: number;
  internal: number;
}

/** What the server sends. */
export type ServerFrame =
  | { t: 'welcome'; protocol: 1; epoch: string; now: number; person: Me; streams: StreamMark[] }
  | { t: 'ack'; client_key: string; entry: Entry }
  | { t: 'refused'; client_key: string; error: string; detail: string; retry_after?: number }
  | { t: 'entries'; conversation: string; stream: Stream; entries: Entry[]; last: number }
  | { t: 'receipt'; conversation: string; person: string; delivered: number; read: number }
  | { t: 'typing'; conversation: string; person: string }
  | { t: 'offer'; offer: Offer }
  | { t: 'offer_gone'; offer: string; state: string; by?: string | null }
  | { t: 'pool'; count: number }
  | { t: 'request'; request: Request }
  | { t: 'presence'; person: string; status: Presence; capacity: number; used: number }
  | { t: 'changed'; what: 'conversations' | 'connections' | 'board' | 'tasks'; id?: string }
  | { t: 'pong'; now: number }
  /** Of a pull it says which one. */
  | { t: 'error'; error: string; detail: string; conversation?: string; stream?: Stream }
  | { t: 'drain'; after_ms: number };

/** What a page sends and expects an answer to. */
export type Command =
  | { t: 'send'; client_key: string; conversation: string; stream: Stream; body: Body }
  | { t: 'edit'; client_key: string; conversation: string; entry: string; body: Body }
  | { t: 'recall'; client_key: string; conversation: string; entry: string };

/** What a page sends. */
export type ClientFrame =
  | { t: 'hello'; protocol: 1; streams: StreamMark[]; device: 'phone' | 'desktop' }
  | Command
  | { t: 'delivered' | 'read'; conversation: string; no: number }
  | { t: 'typing'; conversation: string }
  | { t: 'pull'; conversation: string; stream: Stream; after: number; limit: number }
  | { t: 'presence'; status: Presence; capacity: number }
  | { t: 'ping' };
