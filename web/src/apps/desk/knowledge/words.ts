/** How an entry's review is dated. */
import { isoDay } from '../../../core/format';
import { t } from '../../../locales/desk';
import type { Knowledge } from '../data';

export function reviewedOn(one: Knowledge): string {
  const at = one.reviewed ?? one.reviewed_at;
  if (!at) return '';
  return t('cite.reviewed', { date: typeof at === 'number' ? isoDay(at) : at.slice(0, 10) });
}
