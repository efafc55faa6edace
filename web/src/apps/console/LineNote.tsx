/** Says above a page that the server cannot be reached, and what that means for what is shown. */
import { useSyncExternalStore } from 'react';
import { ApiError } from '../../core/http';
import { t } from '../../locales/console';
import { Icon } from '../../ui';
import { iRefresh } from '../../ui/icons';
import { queries } from '../start';
import page from './page.module.css';

const unreachable = (): boolean =>
  !navigator.onLine ||
  queries
    .getQueryCache()
    .getAll()
    .some(
      (one) =>
        one.isActive() &&
        one.state.fetchFailureReason instanceof ApiError &&
        !one.state.fetchFailureReason.status,
    );

function subscribe(reader: () => void): () => void {
  const stop = queries.getQueryCache().subscribe(reader);
  addEventListener('online', reader);
  addEventListener('offline', reader);
  return () => {
    stop();
    removeEventListener('online', reader);
    removeEventListener('offline', reader);
  };
}

export function LineNote() {
  if (!useSyncExternalStore(subscribe, unreachable)) return null;
  return (
    <p className={page.line} role="status">
      <Icon of={iRefresh} size={16} />
      <b>{t('line.lost')}</b> {t('line.stale')}
    </p>
  );
}
