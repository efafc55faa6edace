/** The client's level and until when it holds; products go from here, as far as they suit him. */
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { isoDay } from '../../../core/format';
import { ApiError } from '../../../core/http';
import { uuid7 } from '../../../core/uuid';
import { t } from '../../../locales/desk';
import { Button, Dialog, ErrorState, LevelBadge, Loading, PageState, toast } from '../../../ui';
import { api } from '../../session';
import dialogs from '../thread/dialogs.module.css';
import css from './ClientPanel.module.css';

interface Standing {
  state: 'never' | 'valid' | 'expired' | 'withdrawn' | 'refused_data';
  level: string | null;
  lowest: boolean;
  category: 'ordinary' | 'professional';
  expires_at: number | null;
  professional_until: number | null;
}
interface Product {
  id: string;
  code: string;
  name: string;
  risk: number;
}

export function Suitability(props: { client: string; conversation?: string | null }): ReactNode {
  const { client, conversation } = props;
  const [choosing, setChoosing] = useState(false);
  const found = useQuery({
    queryKey: ['suitability', client],
    queryFn: () => api.get<Standing>(`/api/clients/${client}/suitability`),
    staleTime: 30_000,
  });
  if (found.isPending) return <Loading rows={1} />;
  if (found.isError) {
    return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  }
  const { state, level, lowest, category, expires_at, professional_until } = found.data;
  return (
    <div className={css.level}>
      {level ? <LevelBadge level={level} /> : <b>{t('panel.unassessed')}</b>}
      {level && expires_at ? (
        <p className={css.note}>{t('suit.until', { date: isoDay(expires_at) })}</p>
      ) : null}
      {lowest ? <p className={css.note}>{t('suit.lowest')}</p> : null}
      {category === 'professional' && professional_until ? (
        <p className={css.note}>{t('suit.professional', { date: isoDay(professional_until) })}</p>
      ) : null}
      {state === 'valid' ? null : (
        <p className={css.note}>
          {t(state === 'never' ? 'panel.unassessed.text' : `suit.${state}`)}
        </p>
      )}
      {conversation ? <Button onPress={() => setChoosing(true)}>{t('suit.send')}</Button> : null}
      {choosing && conversation ? (
        <Choose conversation={conversation} onClose={() => setChoosing(false)} />
      ) : null}
    </div>
  );
}

/** A product of the register, to be sent as a card; whether it may go is decided by the platform at that moment. */
function Choose({ conversation, onClose }: { conversation: string; onClose: () => void }) {
  const [problem, setProblem] = useState('');
  const [keys] = useState(() => new Map<string, string>());
  const list = useQuery({
    queryKey: ['shelf'],
    queryFn: () => api.get<{ items: Product[] }>('/api/products', { limit: 200 }),
    staleTime: 60_000,
  });
  const send = async (one: Product) => {
    const key = keys.get(one.id) ?? uuid7();
    keys.set(one.id, key);
    try {
      const card = { kind: 'product', product: one.id, title: one.name };
      await api.post(`/api/conversations/${conversation}/entries`, {
        client_key: key,
        stream: 'shared',
        body: { cards: [card] },
      });
      toast(t('suit.sent', { name: one.name }));
      onClose();
    } catch (error) {
      setProblem(error instanceof ApiError && error.detail ? error.detail : t('offline.title'));
    }
  };
  return (
    <Dialog title={t('suit.send')} open onClose={onClose}>
      <p className={dialogs.text}>{t('suit.send.text')}</p>
      {problem ? (
        <p className={dialogs.problem} role="alert">
          {problem}
        </p>
      ) : null}
      {list.isPending ? <Loading rows={4} /> : null}
      {list.data?.items.length === 0 ? <PageState kind="empty" title={t('suit.none')} /> : null}
      <ul className={dialogs.people}>
        {list.data?.items.map((one) => (
          <li key={one.id}>
            <button type="button" className={dialogs.person} onClick={() => void send(one)}>
              <LevelBadge level={`R${one.risk}`} />
              <span className={dialogs.name}>{one.name}</span>
              <span className={dialogs.aside}>{one.code}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
