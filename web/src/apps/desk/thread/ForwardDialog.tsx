/** A card goes to another of my conversations: chosen from the open ones, posted as a message of mine. */
import { useState } from 'react';
import { ApiError } from '../../../core/http';
import { named } from '../../../core/i18n';
import type { Card } from '../../../core/protocol';
import { uuid7 } from '../../../core/uuid';
import type { Item } from '../../../core/view';
import { t } from '../../../locales/desk';
import { Avatar, Dialog, PageState, toast } from '../../../ui';
import { api } from '../../session';
import { useRows } from '../data';
import css from './dialogs.module.css';

export function ForwardDialog(props: {
  item: Item;
  card: Card;
  from: string;
  onClose: () => void;
}) {
  const { item, card, from, onClose } = props;
  const rows = useRows('open');
  const [problem, setProblem] = useState('');
  const [key] = useState(() => uuid7());
  const others = (rows.data?.items ?? []).filter((row) => row.id !== from);
  const send = async (to: string, name: string) => {
    try {
      await api.post(`/api/conversations/${to}/forward`, {
        entry: item.entry?.id,
        card,
        client_key: key,
      });
      toast(t('forward.done', { name }));
      onClose();
    } catch (error) {
      setProblem(
        error instanceof ApiError && error.code !== 'network' ? error.detail : t('offline.title'),
      );
    }
  };
  return (
    <Dialog title={t('forward.title')} open onClose={onClose}>
      <p className={css.text}>{card.title}</p>
      {problem ? (
        <p className={css.problem} role="alert">
          {problem}
        </p>
      ) : null}
      {others.length ? (
        <ul className={css.people}>
          {others.map((row) => (
            <li key={row.id}>
              <button
                type="button"
                className={css.person}
                onClick={() => void send(row.id, named(row.client))}
              >
                <Avatar name={named(row.client)} size={28} />
                <span className={css.name}>{named(row.client)}</span>
                <span className={css.aside}>{row.last?.text ?? ''}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <PageState kind="empty" title={t('forward.none')} />
      )}
    </Dialog>
  );
}
