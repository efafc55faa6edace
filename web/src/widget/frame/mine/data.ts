/** The client's own side over HTTP: wishes, bars, consents, what is held. */
import type { PersonCard } from '../../../core/protocol';
import { api } from '../session';

export interface Wishes {
  greetings: boolean;
  quiet_from: string | null;
  quiet_to: string | null;
  cap: number | null;
}
export type Bar = 'block' | 'mute';
export interface Contact extends Wishes {
  limits: { cap: number; period_days: number; quiet_from: string; quiet_to: string };
  bars: { kind: Bar; person: PersonCard }[];
}
export interface Consent {
  purpose: string;
  title: string;
  text: string;
  version: string;
  given: boolean | null;
}
export interface Part {
  name: string;
  title: string;
  explanation: string;
  total: number;
  rows: Record<string, unknown>[];
}
export type Form = 'html' | 'pdf' | 'json';

export const contact = () => api.get<Contact>('/api/client/contact');
export const wish = (wished: Wishes) => api.put<Contact>('/api/client/contact', wished);
export const lay = (id: string, kind: Bar) => api.put(`/api/client/bars/${id}/${kind}`);
export const lift = (id: string, kind: Bar) => api.delete(`/api/client/bars/${id}/${kind}`);
export const consents = () => api.get<{ items: Consent[] }>('/api/client/consents');
export const say = (one: Consent, given: boolean) =>
  api.put(`/api/client/consents/${one.purpose}`, { given, version: one.version });
export const refer = (code: string) => api.put('/api/client/referral', { code });
export const portrait = () => api.get<{ items: Part[] }>('/api/client/portrait');

/** Takes everything home as a file of the browser's. */
export async function takeHome(format: Form): Promise<void> {
  const file = URL.createObjectURL(await api.file('/api/client/copies', { format }));
  const link = document.createElement('a');
  link.href = file;
  link.download = `my-data.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(file), 60_000);
}

export interface Group {
  id: string;
  name: string;
}
export interface Told {
  group: Group;
  items: {
    id: string;
    at: number;
    body: { text: string; cards?: { title: string; risk?: string }[] } | null;
    locked: { detail: string } | null;
  }[];
}
export const groups = () => api.get<{ items: Group[] }>('/api/groups');
export const told = (id: string) => api.get<Told>(`/api/client/groups/${id}`);
export const leaveGroup = (id: string, me: string) => api.delete(`/api/groups/${id}/members/${me}`);
