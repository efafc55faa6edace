/** Setting a conversation aside in my own list: moments to choose from, and the way there and back. */
import { serverNow } from '../../../core/clock';
import { ago, clock } from '../../../core/format';
import { ApiError } from '../../../core/http';
import { t } from '../../../locales/desk';
import { toast } from '../../../ui';
import { api } from '../../session';
import { refresh } from '../data';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** The markets' clock is eight hours ahead of UTC, wherever the advisor sits. */
const AHEAD = 8 * 60 * MINUTE;

/** The next time on a weekday that the markets' clock shows this hour and minute, in UTC milliseconds. */
function nextWeekday(now: number, hour: number, minute: number): number {
  const midnight = Math.floor((now + AHEAD) / DAY) * DAY;
  let at = midnight + (hour * 60 + minute) * MINUTE;
  while (at - AHEAD <= now || [0, 6].includes(new Date(at).getUTCDay())) at += DAY;
  return at - AHEAD;
}

export const moments = ['half', 'two', 'open', 'close', 'morning'] as const;
export type Moment = (typeof moments)[number];

export function momentAt(moment: Moment, now: number): number {
  switch (moment) {
    case 'half':
      return now + 30 * MINUTE;
    case 'two':
      return now + 120 * MINUTE;
    case 'open':
      return nextWeekday(now, 9, 30);
    case 'close':
      return nextWeekday(now, 15, 30);
    case 'morning':
      return nextWeekday(now, 9, 0);
  }
}

/** Today the clock alone, else day and clock. */
export function whenName(at: number): string {
  const day = ago(at, serverNow());
  return day === clock(at) ? day : `${day} ${clock(at)}`;
}

/** Sets it aside; a note offers the way back. Throws what the server refuses. */
export async function setAside(id: string, name: string, until: number): Promise<void> {
  const { before } = await api.put<{ before: number | null }>(`/api/conversations/${id}/later`, {
    until: Math.round(until),
  });
  refresh('conversations');
  toast(t('later.done', { name, when: whenName(until) }), {
    text: t('later.undo'),
    run: () => void (before && before > serverNow() ? again(id, before) : takeUp(id, name)),
  });
}

async function again(id: string, until: number): Promise<void> {
  await tried(api.put(`/api/conversations/${id}/later`, { until }));
}

/** Takes it back into my list. */
export async function takeUp(id: string, name: string): Promise<void> {
  if (await tried(api.delete(`/api/conversations/${id}/later`))) toast(t('later.taken', { name }));
}

async function tried(asking: Promise<unknown>): Promise<boolean> {
  try {
    await asking;
    refresh('conversations');
    return true;
  } catch (error) {
    const said = error instanceof ApiError && error.code !== 'network' ? error.detail : '';
    toast(said || t('offline.title'));
    return false;
  }
}
