/** Messages for later: what waits in a conversation, and the calls that change it. */
import type { Body } from '../../../core/protocol';
import { uuid7 } from '../../../core/uuid';
import { api } from '../../session';
import { queries } from '../../start';

export interface Planned {
  id: string;
  body: Body;
  send_at: number;
  state: 'waiting' | 'refused';
  detail: string;
}

const path = (conversation: string) => `/api/conversations/${conversation}/scheduled`;

export const plannedOf = (conversation: string) => ({
  queryKey: ['planned', conversation],
  queryFn: () => api.get<{ items: Planned[] }>(path(conversation)),
});

const again = () => queries.invalidateQueries({ queryKey: ['planned'] });

export async function plan(conversation: string, body: Body, at: number): Promise<void> {
  await api.post(path(conversation), { client_key: uuid7(), body, send_at: Math.round(at) });
  await again();
}

export async function replan(one: Planned, body: Body, at: number): Promise<void> {
  await api.put(`/api/scheduled/${one.id}`, { body, send_at: Math.round(at) });
  await again();
}

export async function withdraw(one: Planned): Promise<void> {
  await api.delete(`/api/scheduled/${one.id}`);
  await again();
}
