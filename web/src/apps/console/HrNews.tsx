/** The HR system's news: what came, for whom, from when on, and what became of it. */
import { useState } from 'react';
import { moment } from '../../core/format';
import { t as own } from '../../locales/changes';
import { t } from '../../locales/console';
import { Button, Chip, Code, ErrorState, Loading, PageState } from '../../ui';
import { DataTable } from '../../ui/DataTable';
import { iId } from '../../ui/icons';
import { CsvImport } from './CsvImport';
import { Choose, More, useListing } from './listing';
import page from './page.module.css';

interface News {
  id: string;
  kind: 'leave' | 'suspend' | 'reinstate' | 'transfer' | 'licence';
  employee_no: string;
  effective_on: string;
  source: 'webhook' | 'file';
  outcome: 'applied' | 'scheduled' | 'failed';
  detail: string;
  received_at: number;
}

const OUTCOMES = ['applied', 'scheduled', 'failed'] as const;
const tone = { applied: 'go', scheduled: 'accent', failed: 'stop' } as const;

export function HrNews() {
  const [importing, setImporting] = useState(false);
  const list = useListing<News>('hr', '/api/hr/events', ['outcome']);
  const { rows } = list;
  if (list.isPending) return <Loading />;
  if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <>
      <section className={page.card}>
        <header className={page.cardHead}>
          <h2>{own('hr.list')}</h2>
          <Choose
            name="outcome"
            label={t('staff.state')}
            any={t('any')}
            options={OUTCOMES.map((id) => ({ id, text: own(`hr.${id}`) }))}
          />
          <Button kind="primary" onPress={() => setImporting(true)}>
            {own('hr.import')}
          </Button>
        </header>
        <DataTable
          caption={own('hr.list')}
          rows={rows}
          rowKey={(row) => row.id}
          empty={
            <PageState kind="empty" icon={iId} title={own('hr.none')}>
              {own('hr.none.text')}
            </PageState>
          }
          columns={[
            { id: 'at', head: t('decisions.at'), cell: (row) => moment(row.received_at) },
            { id: 'kind', head: own('hr.kind'), cell: (row) => own(`hr.${row.kind}`), grow: true },
            { id: 'who', head: own('hr.employee'), cell: (row) => <Code>{row.employee_no}</Code> },
            { id: 'on', head: own('handover.at'), cell: (row) => row.effective_on },
            { id: 'source', head: own('hr.source'), cell: (row) => own(`hr.${row.source}`) },
            {
              id: 'outcome',
              head: t('staff.state'),
              cell: (row) => <Chip tone={tone[row.outcome]}>{own(`hr.${row.outcome}`)}</Chip>,
            },
            { id: 'detail', head: t('notices.detail'), cell: (row) => row.detail || '–' },
          ]}
        />
        <More list={list} />
      </section>
      {importing ? (
        <CsvImport
          title={own('hr.import')}
          path="/api/hr/import"
          columns="id,kind,employee_no,effective_on,reason,branch,licence_type,licence_number,valid_from,valid_to,licence_status"
          refresh="hr"
          onClose={() => setImporting(false)}
        />
      ) : null}
    </>
  );
}
