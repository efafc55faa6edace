/** Investors who convert: applications with their proofs, answered with reasons; and whose proofs are due again. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { serverNow } from '../../../core/clock';
import { isoDay, moment, number } from '../../../core/format';
import { ApiError } from '../../../core/http';
import { t } from '../../../locales/console';
import { t as own } from '../../../locales/fit';
import { Button, Chip, ErrorState, Loading, toast } from '../../../ui';
import { DataTable } from '../../../ui/DataTable';
import { TextField } from '../../../ui/Fields';
import { api } from '../../session';
import { queries } from '../../start';
import page from '../page.module.css';
import staff from '../staff.module.css';
import { label } from './Form';
import css from './fit.module.css';

interface Conversion {
  id: string;
  client: string;
  client_name: string;
  basis: string;
  score: number | null;
  evidence: Record<string, number | boolean>;
  proofs: { id: string; name: string }[];
  answer: string;
  applied_at: number;
  decided_at: number | null;
  valid_until: number | null;
}

/** So long before, whoever is professional is marked. */
const SOON_MS = 60 * 86_400_000;

const asked = (state: string) => ({
  queryKey: ['fit', 'conversions', state],
  queryFn: () => api.get<{ items: Conversion[] }>('/api/suitability/applications', { state }),
});

export function Conversions() {
  const waiting = useQuery({ ...asked('applied'), refetchInterval: 30_000 });
  const held = useQuery(asked('accepted'));
  if (waiting.isPending || held.isPending) return <Loading />;
  if (waiting.isError) {
    return <ErrorState error={waiting.error} onRetry={() => void waiting.refetch()} />;
  }
  return (
    <>
      {waiting.data.items.length ? null : (
        <section className={page.card}>
          <header className={page.cardHead}>
            <h2>{own('conv.none')}</h2>
          </header>
          <div className={css.content}>
            <p className={css.muted}>{own('conv.none.text')}</p>
          </div>
        </section>
      )}
      {waiting.data.items.map((one) => (
        <Application key={one.id} one={one} />
      ))}
      <DataTable
        caption={own('conv.held')}
        captioned
        rows={held.data?.items ?? []}
        rowKey={(one) => one.id}
        empty={own('conv.held.none')}
        columns={[
          { id: 'client', head: own('conv.client'), cell: (one) => one.client_name, grow: true },
          {
            id: 'basis',
            head: own('conv.basis'),
            cell: (one) => (one.basis === 'application' ? own('conv.application') : one.basis),
          },
          {
            id: 'since',
            head: own('conv.since'),
            cell: (one) => (one.decided_at ? isoDay(one.decided_at) : ''),
          },
          {
            id: 'until',
            head: own('conv.until'),
            cell: (one) => (one.valid_until ? isoDay(one.valid_until) : ''),
          },
          {
            id: 'soon',
            head: '',
            cell: (one) =>
              (one.valid_until ?? 0) - serverNow() < SOON_MS ? (
                <Chip tone="nudge">{own('conv.soon')}</Chip>
              ) : null,
          },
        ]}
      />
    </>
  );
}

function Application({ one }: { one: Conversion }) {
  const [reply, setReply] = useState('');
  const decide = useMutation({
    mutationFn: (accepted: boolean) =>
      api.post(`/api/suitability/applications/${one.id}/answer`, { accepted, answer: reply }),
    onSuccess: () => toast(own('conv.accepted')),
    onSettled: () => queries.invalidateQueries({ queryKey: ['fit', 'conversions'] }),
    onError: (error) => toast(error instanceof ApiError ? error.detail : t('error.title')),
  });
  const proofs = Object.entries(one.evidence).filter(([, value]) => value);
  return (
    <section className={page.card}>
      <header className={page.cardHead}>
        <h2>{own('conv.title', { name: one.client_name })}</h2>
        {one.score === null ? null : <Chip>{own('conv.score', { n: one.score })}</Chip>}
        <span className={page.meta}>{own('conv.at', { at: moment(one.applied_at) })}</span>
      </header>
      <div className={css.content}>
        <dl className={staff.facts}>
          {proofs.map(([key, value]) => (
            <div key={key}>
              <dt>{key === 'organisation' ? own('conv.organisation') : label(key)}</dt>
              <dd>{value === true ? own('conv.yes') : number(Number(value))}</dd>
            </div>
          ))}
        </dl>
        <p>
          {one.proofs.map((proof) => (
            <a
              key={proof.id}
              className={css.proof}
              href={`/api/suitability/proofs/${proof.id}`}
              target="_blank"
              rel="noreferrer"
            >
              {proof.name}
            </a>
          ))}
        </p>
        <TextField
          label={own('conv.reply')}
          value={reply}
          onChange={setReply}
          rows={3}
          maxLength={2000}
        />
        <div className={css.tail}>
          <Button
            isDisabled={decide.isPending || reply.trim().length < 4}
            onPress={() => decide.mutate(false)}
          >
            {own('conv.refuse')}
          </Button>
          <Button
            kind="primary"
            isDisabled={decide.isPending || reply.trim().length < 4}
            onPress={() => decide.mutate(true)}
          >
            {own('conv.accept')}
          </Button>
        </div>
      </div>
    </section>
  );
}
