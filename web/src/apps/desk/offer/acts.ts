/** Taking and passing on an offer: one call each, whose refusal becomes the card's end. */
import { ApiError } from '../../../core/http';
import { t } from '../../../locales/desk';
import { navigate, toast } from '../../../ui';
import { api } from '../../session';
import { refresh } from '../data';
import { offers } from '../line';

export const reasons = ['busy', 'topic', 'conflict', 'break', 'other'] as const;
export type Reason = (typeof reasons)[number];

/** Accepts and opens the conversation. A refusal (somebody else, too late) stays on the card. */
export async function accept(id: string): Promise<void> {
  try {
    const { conversation } = await api.post<{ conversation: string }>(`/api/offers/${id}/accept`);
    offers.end(id, 'accepted');
    refresh('conversations', 'presence', 'pool');
    navigate(`/conversations/${conversation}`);
  } catch (error) {
    if (error instanceof ApiError && !error.transient) offers.end(id, 'refused', error.detail);
    else toast(t('offer.again'));
  }
}

export async function decline(id: string, reason: Reason): Promise<void> {
  try {
    await api.post(`/api/offers/${id}/decline`, { reason });
    offers.end(id, 'declined');
    refresh('presence');
  } catch (error) {
    if (error instanceof ApiError && !error.transient) offers.end(id, 'refused', error.detail);
    else toast(t('offer.again'));
  }
}
