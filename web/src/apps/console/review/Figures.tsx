/** What the samples say about what is missed, and what the desk's advice came to. */
import { number, percent } from '../../../core/format';
import { t } from '../../../locales/review';
import { ErrorState, Loading } from '../../../ui';
import { DataTable } from '../../../ui/DataTable';
import page from '../page.module.css';
import { bound } from './bound';
import css from './review.module.css';
import { useRoom } from './shared';
import type { Summary } from './types';

export function Figures() {
  const found = useRoom<Summary>('/api/review/summary');
  if (found.isPending) return <Loading />;
  if (found.isError) {
    return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  }
  const { sampled, missed, sample_rate, nudges, judged } = found.data;
  return (
    <div className={page.body}>
      <section className={page.card}>
        <header className={page.cardHead}>
          <h2>{t('figures.sampling')}</h2>
        </header>
        <dl className={css.figures}>
          <Figure name={t('figures.rate')} value={percent(sample_rate, 1)} />
          <Figure name={t('figures.sampled')} value={number(sampled)} />
          <Figure name={t('figures.missed')} value={number(missed)} />
          <Figure
            name={t('figures.bound')}
            value={sampled ? percent(bound(missed, sampled), 1) : '–'}
            text={t('figures.bound.text')}
          />
        </dl>
      </section>
      <section className={page.card}>
        <DataTable
          caption={t('figures.judged')}
          captioned
          columns={[
            { id: 'policy', head: t('figures.policy'), cell: (row) => row.policy, grow: true },
            { id: 'closed', head: t('figures.closed'), cell: (row) => row.judged, numeric: true },
            {
              id: 'harmless',
              head: t('grade.false_positive'),
              cell: (row) => row.harmless,
              numeric: true,
            },
            {
              id: 'right',
              head: t('figures.right'),
              cell: (row) => percent((row.judged - row.harmless) / row.judged),
              numeric: true,
            },
          ]}
          rows={judged}
          rowKey={(row) => row.policy}
          empty={t('figures.judged.none')}
        />
      </section>
      <section className={page.card}>
        <DataTable
          caption={t('figures.nudges')}
          captioned
          columns={[
            { id: 'policy', head: t('figures.policy'), cell: (row) => row.policy, grow: true },
            { id: 'edited', head: t('figures.edited'), cell: (row) => row.edited, numeric: true },
            { id: 'sent', head: t('figures.sent'), cell: (row) => row.sent, numeric: true },
            {
              id: 'abandoned',
              head: t('figures.abandoned'),
              cell: (row) => row.abandoned,
              numeric: true,
            },
            {
              id: 'share',
              head: t('figures.share'),
              cell: (row) => share(row.edited, row.sent),
              numeric: true,
            },
          ]}
          rows={nudges}
          rowKey={(row) => row.policy}
          empty={t('figures.none')}
        />
      </section>
    </div>
  );
}

/** How much of what was written on after an advice took it up, and of how many; what was given up tells nothing. */
const share = (edited: number, sent: number): string => {
  const of = edited + sent;
  return `${of ? percent(edited / of) : '–'} (${number(of)})`;
};

function Figure({ name, value, text }: { name: string; value: string; text?: string }) {
  return (
    <div>
      <dt className={page.meta}>{name}</dt>
      <dd className={page.figure}>{value}</dd>
      {text ? <dd className={page.meta}>{text}</dd> : null}
    </div>
  );
}
