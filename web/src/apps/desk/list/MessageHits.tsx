/** Words found in my conversations, Chinese included: each hit opens its conversation. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ago } from '../../../core/format';
import { named } from '../../../core/i18n';
import { t } from '../../../locales/desk';
import { Link, Loading } from '../../../ui';
import { api } from '../../session';
import { type ClientName, items, type Page } from '../data';
import css from './MessageHits.module.css';

export interface Hit {
  conversation: string;
  client?: ClientName | null;
  entry?: string;
  no?: number;
  text: string;
  at: number;
}

export function MessageHits(props: {
  q: string;
  /** What follows the hits; without it there is nothing else. */
  rest?: string;
  /** Stands there while nothing is found, and once it is known. */
  none?: ReactNode;
}) {
  const { q } = props;
  const hits = useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) =>
      api.get<Page<Hit> | Hit[]>('/api/search', { q, limit: 20 }, { signal }).then(items),
  });
  if (hits.isPending && props.none) return <Loading rows={4} />;
  if (!hits.data?.length) return props.none ?? null;
  return (
    <section className={css.hits} aria-label={t('search.messages')}>
      <h2 className={css.title}>{t('search.messages')}</h2>
      <ul>
        {hits.data.map((hit) => (
          <li key={hit.entry ?? `${hit.conversation}-${hit.at}`}>
            <Link to={`/conversations/${hit.conversation}`} className={css.hit}>
              <span className={css.first}>
                <b>{hit.client ? named(hit.client) : ''}</b>
                <time>{ago(hit.at)}</time>
              </span>
              <span className={css.text}>{marked(hit.text, q)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {props.rest ? <h2 className={css.title}>{props.rest}</h2> : null}
    </section>
  );
}

/** The text around the first place of the words, with each place marked. */
function marked(text: string, q: string) {
  const at = text.toLowerCase().indexOf(q.toLowerCase());
  if (at < 0) return text;
  const from = Math.max(0, at - 12);
  return (
    <>
      {from > 0 ? '…' : ''}
      {text.slice(from, at)}
      <mark>{text.slice(at, at + q.length)}</mark>
      {text.slice(at + q.length)}
    </>
  );
}
