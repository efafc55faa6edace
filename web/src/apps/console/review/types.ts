/** What the review room gets from the server. */

export interface Party {
  id: string;
  name: string;
  name_en?: string | null;
  code?: string;
}
interface Policy {
  id: string;
  category: string;
  title: string;
  reason: string;
  alternative?: string;
}
export type Kind = 'alert' | 'hold' | 'sample' | 'rescan' | 'contradiction';
export type Grade = 'false_positive' | 'minor' | 'serious' | 'escalate';
export interface Item {
  id: string;
  kind: Kind;
  action: string;
  state: 'open' | 'second' | 'chief' | 'closed';
  grade: Grade | null;
  severity: number;
  score: number;
  risk: number;
  categories: string[];
  policies: Policy[];
  spans: [number, number][];
  subject: Party | null;
  client: Party | null;
  claimed_by: Party | null;
  said_at: number;
  due_at: number;
  deadline_at: number | null;
  overdue: boolean;
}
export interface Said {
  id: string;
  kind: string;
  at: number;
  state: 'kept' | 'held' | 'blocked';
  by: 'client' | 'staff';
  sender: Party | null;
  text: string;
  /** What the platform itself told: its sentence and what goes into it. */
  code: string | null;
  params: Record<string, string | number>;
  cards: string[];
  files: string[];
  read: string;
}
export interface Looked extends Item {
  before: Said[];
  message: Said;
  after: Said[];
  other: Said | null;
  reasons: { run: string; weight: number }[];
  verdicts: { step: string; reviewer: Party | null; grade: Grade; note: string; at: number }[];
}
export interface Summary {
  waiting: number;
  by_kind: Partial<Record<Kind, number>>;
  overdue: number;
  over: number;
  tickets: number;
  tickets_overdue: number;
  sampled: number;
  missed: number;
  sample_rate: number;
  nudges: { policy: string; edited: number; sent: number; abandoned: number }[];
  judged: { policy: string; judged: number; harmless: number }[];
}
export interface Step {
  by: Party | null;
  what: string;
  words: string;
  at: number;
}
export interface Ticket {
  id: string;
  client: Party | null;
  source: 'message' | 'client' | 'staff' | 'platform';
  category: string;
  state: 'open' | 'taken' | 'closed';
  assignee: Party | null;
  opened_at: number;
  due_at: number;
  overdue: boolean;
  answer: string | null;
  concerned: Party[];
}
export interface Case {
  id: string;
  title: string;
  state: 'open' | 'escalated' | 'closed';
  items: number;
  opened_by: Party | null;
  assignee: Party | null;
  outcome: string | null;
  opened_at: number;
}
export interface Preview {
  reaches: number;
  excluded: { error: string; detail: string; clients: number }[];
}
export interface Breach {
  id: string;
  author: Party | null;
  approver: Party | null;
  incident: string;
  notice: Record<'zh-CN' | 'en', string>;
  state: 'waiting' | 'approved' | 'refused' | 'told';
  found_at: number;
  due_at: number;
  overdue: boolean;
  affected: number;
  told: number;
  note: string;
  told_at: number | null;
}
export interface Broadcast {
  id: string;
  author: Party | null;
  words: string;
  state: 'waiting' | 'approved' | 'refused' | 'sent';
  verdict: { policies: Policy[] } | null;
  recipients: number;
  reached: number;
  note: string;
  created_at: number;
}
