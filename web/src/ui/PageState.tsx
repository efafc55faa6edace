/** What stands where content should be: empty, loading, error, offline, forbidden. None is a dead end. */
import { type ReactNode, useEffect, useState } from 'react';
import { ApiError } from '../core/http';
import { t } from '../locales/common';
import { Button } from './Button';
import { Icon } from './Icon';
import { iDoc, iLock, iRefresh, iWarn } from './icons';
import css from './PageState.module.css';

export interface PageStateProps {
  kind: 'empty' | 'error' | 'offline' | 'forbidden';
  title: string;
  children?: ReactNode;
  icon?: string;
  action?: ReactNode;
}

const icons = { empty: iDoc, error: iWarn, offline: iRefresh, forbidden: iLock };

export function PageState({ kind, title, children, icon, action }: PageStateProps) {
  return (
    <div className={css.state} role={kind === 'error' ? 'alert' : undefined}>
      <span className={`${css.disc} ${css[kind]}`}>
        <Icon of={icon ?? icons[kind]} />
      </span>
      <h2 className={css.title}>{title}</h2>
      {children ? <div className={css.text}>{children}</div> : null}
      {action}
    </div>
  );
}

/** The state that belongs to a failed request, with a way to try again. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const known = error instanceof ApiError ? error : null;
  const retry = onRetry ? <Button onPress={onRetry}>{t('retry')}</Button> : null;
  if (known?.code === 'network') {
    return (
      <PageState kind="offline" title={t('offline.title')} action={retry}>
        {t('offline.text')}
      </PageState>
    );
  }
  if (known?.status === 403) {
    return (
      <PageState kind="forbidden" title={t('forbidden.title')}>
        {known.detail}
      </PageState>
    );
  }
  return (
    <PageState kind="error" title={t('error.title')} action={retry}>
      {known ? known.detail : t('error.text')}
      {known?.id ? (
        <small className={css.number}>{t('error.number', { id: known.id })}</small>
      ) : null}
    </PageState>
  );
}

/** What stands where an answer of the server's will be: under way, or failed; nothing once it is there. */
export function Coming({ of }: { of: Asked }) {
  if (of.isPending) return <Loading />;
  return of.isError ? <ErrorState error={of.error} onRetry={() => void of.refetch()} /> : null;
}

interface Asked {
  isPending: boolean;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
}

/** Grey shapes of the content to come; nothing for the first 150 ms. */
export function Loading({ rows = 6, children }: { rows?: number; children?: ReactNode }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 150);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return <div className={css.loading} />;
  return (
    <div className={css.loading} role="status" aria-label={t('loading')}>
      {children ??
        Array.from({ length: rows }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: shapes have no other name
          <div key={index} className={css.shape}>
            <span />
            <span />
          </div>
        ))}
    </div>
  );
}
