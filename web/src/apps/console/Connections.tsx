/** Connections for administrators: who is tied to whom, the firm's book, and dissolving with a successor. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isoDay } from '../../core/format';
import { named } from '../../core/i18n';
import { t } from '../../locales/console';
import { Button, Chip, Coming, Dialog, PageState, toast } from '../../ui';
import { DataTable } from '../../ui/DataTable';
import { Select } from '../../ui/Select';
import { PageHead } from '../Shell';
import { api } from '../session';
import { queries } from '../start';
import { CsvImport } from './CsvImport';
import { Failed } from './Failed';
import { Choose, More, useListing } from './listing';
import page from './page.module.css';
import { World } from './Staff';
import css from './staff.module.css';
import type { Member } from './staffing';

interface Party {
  id: string;
  name: string;
  name_en: string;
}
interface Connection {
  id: string;
  state: 'proposed' | 'active' | 'suspended' | 'dissolved';
  tie: 'own' | 'served';
  basis: string;
  reason: string | null;
  contacts: number;
  environment: string;
  assigned_at: number;
  established_at: number | null;
  last_contact_at: number | null;
  client: Party;
  staff: Party;
}
const ENDINGS = [
  'reassigned',
  'changed_post',
  'client_declined',
  'complaint',
  'compliance',
  'error',
] as const;
const STATES = ['proposed', 'active', 'suspended', 'dissolved'] as const;

export default function Connections() {
  const [importing, setImporting] = useState(false);
  const [ending, setEnding] = useState<Connection | null>(null);
  const list = useListing<Connection>('connections', '/api/connections', ['state', 'tie', 'met']);
  const { rows } = list;
  return (
    <>
      <PageHead title={t('nav.connections')}>
        <Button kind="primary" onPress={() => setImporting(true)}>
          {t('connections.import')}
        </Button>
      </PageHead>
      <div className={page.body}>
        <div className={css.filters}>
          <Choose
            name="state"
            label={t('staff.state')}
            any={t('staff.state.any')}
            options={STATES.map((id) => ({ id, text: t(`connection.${id}`) }))}
          />
          <Choose
            name="met"
            label={t('connections.met')}
            any={t('connections.met.any')}
            options={[
              { id: 'met', text: t('connections.met.met') },
              { id: 'never', text: t('connections.met.never') },
            ]}
          />
        </div>
        <Coming of={list} />
        {list.data ? (
          <section className={page.card}>
            <DataTable
              caption={t('nav.connections')}
              rows={rows}
              rowKey={(row) => row.id}
              empty={
                <PageState kind="empty" title={t('connections.none')}>
                  {t('funnel.empty.text')}
                </PageState>
              }
              columns={[
                {
                  id: 'client',
                  head: t('connections.client'),
                  cell: (row) => (
                    <>
                      {named(row.client)} <World of={row.environment} />
                    </>
                  ),
                },
                { id: 'staff', head: t('advisor'), cell: (row) => named(row.staff), grow: true },
                {
                  id: 'state',
                  head: t('staff.state'),
                  cell: (row) => (
                    <Chip tone={row.state === 'active' ? 'go' : 'plain'}>
                      {t(`connection.${row.state}`)}
                    </Chip>
                  ),
                },
                {
                  id: 'basis',
                  head: t('connections.basis'),
                  cell: (row) => t(`basis.${row.basis}` as 'basis.book'),
                },
                {
                  id: 'since',
                  head: t('connections.since'),
                  cell: (row) => isoDay(row.established_at ?? row.assigned_at),
                },
                {
                  id: 'last',
                  head: t('connections.last'),
                  cell: (row) => (row.last_contact_at ? isoDay(row.last_contact_at) : '–'),
                },
                {
                  id: 'act',
                  head: <span className="visually-hidden">{t('connections.dissolve')}</span>,
                  cell: (row) =>
                    row.state === 'dissolved' ? null : (
                      <button type="button" className={page.link} onClick={() => setEnding(row)}>
                        {t('connections.dissolve')}
                      </button>
                    ),
                },
              ]}
            />
            <More list={list} />
          </section>
        ) : null}
      </div>
      {importing ? (
        <CsvImport
          title={t('connections.import')}
          path="/api/connections/import"
          columns="client_no,client_name,employee_no,assigned_on,language"
          refresh="connections"
          onClose={() => setImporting(false)}
        />
      ) : null}
      {ending ? <Dissolve connection={ending} onClose={() => setEnding(null)} /> : null}
    </>
  );
}

/** The client is told and handed on: to whom is chosen here, or found by the rule. */
function Dissolve({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const [reason, setReason] = useState<string | null>(null);
  const [heir, setHeir] = useState('rule');
  const colleagues = useQuery({
    queryKey: ['staff', 'heirs'],
    queryFn: () => api.get<{ items: Member[] }>('/api/staff?status=active&role=advisor&limit=100'),
  });
  const go = useMutation({
    mutationFn: () =>
      api.post(`/api/connections/${connection.id}/dissolve`, {
        reason,
        successor: heir === 'rule' ? null : heir,
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['connections'] });
      toast(t('connections.dissolved'));
      onClose();
    },
  });
  return (
    <Dialog
      open
      title={t('connections.dissolve.title', {
        client: named(connection.client),
        staff: named(connection.staff),
      })}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button kind="danger" isDisabled={!reason || go.isPending} onPress={() => go.mutate()}>
            {t('connections.dissolve')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <p>{t('connections.dissolve.text')}</p>
        <Failed error={go.error} />
        <Select
          label={t('connections.successor')}
          value={heir}
          onChange={setHeir}
          options={[
            { id: 'rule', text: t('connections.byrule') },
            ...(colleagues.data?.items ?? [])
              .filter(
                (one) =>
                  one.id !== connection.staff.id && one.environment === connection.environment,
              )
              .map((one) => ({ id: one.id, text: `${named(one)} · ${named(one.branch)}` })),
          ]}
        />
        <Select
          label={t('reason')}
          value={reason}
          onChange={setReason}
          options={ENDINGS.map((id) => ({ id, text: t(`ending.${id}`) }))}
        />
      </div>
    </Dialog>
  );
}
