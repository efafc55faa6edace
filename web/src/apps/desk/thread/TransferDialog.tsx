/** Hands a conversation over: to whom, and what the next one must know; the client is told by a line in the thread. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../../core/http';
import type { Presence } from '../../../core/protocol';
import { t } from '../../../locales/desk';
import { Avatar, Button, Dialog, Loading, Mid, SearchField, toast } from '../../../ui';
import { TextField } from '../../../ui/Fields';
import { api } from '../../session';
import { items, type Page, refresh } from '../data';
import css from './dialogs.module.css';

export interface Colleague {
  id: string;
  name: string;
  branch?: string | null;
  topics?: string[];
  presence?: Presence | null;
  free?: number | null;
  /** Why this one cannot take it, in words. */
  refused?: string | null;
}

export function TransferDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const [q, setQ] = useState('');
  const [to, setTo] = useState<Colleague | null>(null);
  const [note, setNote] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const people = useQuery({
    queryKey: ['colleagues', id],
    queryFn: () =>
      api.get<Page<Colleague> | Colleague[]>(`/api/conversations/${id}/colleagues`).then(items),
  });
  const shown = (people.data ?? []).filter((one) =>
    `${one.name} ${one.branch ?? ''}`.toLowerCase().includes(q.trim().toLowerCase()),
  );
  const send = async () => {
    if (!to) return;
    setBusy(true);
    setProblem('');
    try {
      await api.post(`/api/conversations/${id}/transfer`, { to: to.id, note: note.trim() });
      refresh('conversations', 'conversation', 'presence');
      toast(t('transfer.done', { name: to.name }));
      onClose();
    } catch (error) {
      setProblem(
        error instanceof ApiError && error.code !== 'network' ? error.detail : t('offline.title'),
      );
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t('transfer.title')}
      open
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button kind="primary" isDisabled={!to || !note.trim() || busy} onPress={send}>
            {to ? t('transfer.to', { name: to.name }) : t('head.transfer')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <SearchField label={t('transfer.search')} value={q} onChange={setQ} autoFocus />
        <section
          className={css.list}
          aria-label={t('transfer.title')}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: where nobody can take over, the keys still scroll it
          tabIndex={0}
        >
          {people.isPending ? <Loading rows={3} /> : null}
          {people.isError ? (
            <p className={css.problem} role="alert">
              {people.error instanceof ApiError ? people.error.detail : t('error.text')}
            </p>
          ) : null}
          {people.data && !shown.length ? <p className={css.text}>{t('transfer.none')}</p> : null}
          <ul className={css.people}>
            {shown.map((one) => (
              <li key={one.id}>
                <button
                  type="button"
                  className={`${css.person} ${one.id === to?.id ? css.on : ''}`}
                  aria-pressed={one.id === to?.id}
                  disabled={Boolean(one.refused)}
                  onClick={() => setTo(one)}
                >
                  <Avatar name={one.name} size={28} presence={one.presence} />
                  <span className={css.name}>{one.name}</span>
                  <span className={css.aside}>
                    {one.refused ? (
                      one.refused
                    ) : (
                      <>
                        {one.branch ?? ''}
                        {typeof one.free === 'number' ? (
                          <>
                            <Mid />
                            {t('transfer.free', { n: one.free })}
                          </>
                        ) : null}
                      </>
                    )}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
        <TextField
          label={t('transfer.note')}
          help={t('transfer.note.help')}
          rows={3}
          value={note}
          onChange={setNote}
          maxLength={1000}
          isRequired
        />
        {problem ? (
          <p className={css.problem} role="alert">
            {problem}
          </p>
        ) : null}
      </div>
    </Dialog>
  );
}
