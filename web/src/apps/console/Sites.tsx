/** Whom the platform trusts: keys that vouch for clients, and pages that may embed the widget. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../core/http';
import { t } from '../../locales/console';
import { Button, Code, Dialog, ErrorState, Loading, PageState, toast } from '../../ui';
import { DataTable } from '../../ui/DataTable';
import { Switch, TextField } from '../../ui/Fields';
import { iPlus } from '../../ui/icons';
import { Select } from '../../ui/Select';
import { PageHead } from '../Shell';
import { api } from '../session';
import { queries } from '../start';
import { Failed } from './Failed';
import page from './page.module.css';
import css from './staff.module.css';

interface Issuer {
  issuer: string;
  key_id: string;
  algorithm: string;
  environment: string;
  active: boolean;
}

const complain = (error: unknown) =>
  toast(error instanceof ApiError ? error.detail : t('error.title'));

export default function Sites() {
  const [adding, setAdding] = useState(false);
  return (
    <>
      <PageHead title={t('nav.sites')}>
        <Button kind="primary" icon={iPlus} onPress={() => setAdding(true)}>
          {t('sites.addkey')}
        </Button>
      </PageHead>
      <div className={page.body}>
        <Issuers />
        <Origins />
      </div>
      {adding ? <KeyForm onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function Issuers() {
  const keys = useQuery({
    queryKey: ['issuers'],
    queryFn: () => api.get<{ items: Issuer[] }>('/api/issuers'),
  });
  const set = useMutation({
    mutationFn: (one: Issuer) =>
      api.patch('/api/issuers', {
        issuer: one.issuer,
        key_id: one.key_id,
        active: !one.active,
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['issuers'] }),
    onError: complain,
  });
  if (keys.isPending) return <Loading rows={2} />;
  if (keys.isError) return <ErrorState error={keys.error} onRetry={() => void keys.refetch()} />;
  return (
    <section className={page.card}>
      <header className={page.cardHead}>
        <h2>{t('sites.keys')}</h2>
        <span className={page.meta}>{t('sites.keys.text')}</span>
      </header>
      <DataTable
        caption={t('sites.keys')}
        rows={keys.data.items}
        rowKey={(row) => `${row.issuer}/${row.key_id}`}
        empty={<PageState kind="empty" title={t('sites.keys.none')} />}
        columns={[
          { id: 'issuer', head: t('sites.issuer'), cell: (row) => row.issuer, grow: true },
          { id: 'key', head: t('sites.keyid'), cell: (row) => <Code>{row.key_id}</Code> },
          { id: 'alg', head: t('sites.algorithm'), cell: (row) => row.algorithm },
          {
            id: 'env',
            head: t('environment'),
            cell: (row) =>
              row.environment === 'real' ? t('environment.real') : t('environment.simulated'),
          },
          {
            id: 'active',
            head: t('staff.state'),
            cell: (row) => (
              <Switch isSelected={row.active} onChange={() => set.mutate(row)}>
                {row.active ? t('sites.on') : t('sites.off')}
              </Switch>
            ),
          },
        ]}
      />
    </section>
  );
}

function Origins() {
  const [origin, setOrigin] = useState('');
  const list = useQuery({
    queryKey: ['origins'],
    queryFn: () => api.get<{ items: string[] }>('/api/origins'),
  });
  const done = () => {
    setOrigin('');
    void queries.invalidateQueries({ queryKey: ['origins'] });
  };
  const add = useMutation({
    mutationFn: () => api.post('/api/origins', { origin }),
    onSuccess: done,
    onError: complain,
  });
  const drop = useMutation({
    mutationFn: (one: string) => api.delete(`/api/origins?${new URLSearchParams({ origin: one })}`),
    onSuccess: done,
    onError: complain,
  });
  return (
    <section className={page.card}>
      <header className={page.cardHead}>
        <h2>{t('sites.origins')}</h2>
        <span className={page.meta}>{t('sites.origins.text')}</span>
      </header>
      <div className={`${page.pad} ${css.inline}`}>
        <TextField
          label={t('sites.origin')}
          placeholder={t('sites.example')}
          value={origin}
          onChange={setOrigin}
        />
        <Button isDisabled={!origin || add.isPending} onPress={() => add.mutate()}>
          {t('sites.allow')}
        </Button>
      </div>
      {list.isError ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.data ? (
        <DataTable
          caption={t('sites.origins')}
          rows={list.data.items}
          rowKey={(row) => row}
          empty={<PageState kind="empty" title={t('sites.origins.none')} />}
          columns={[
            {
              id: 'origin',
              head: t('sites.origin'),
              cell: (row) => <Code>{row}</Code>,
              grow: true,
            },
            {
              id: 'act',
              head: <span className="visually-hidden">{t('calendar.drop')}</span>,
              cell: (row) => (
                <button type="button" className={page.link} onClick={() => drop.mutate(row)}>
                  {t('calendar.drop')}
                </button>
              ),
            },
          ]}
        />
      ) : null}
    </section>
  );
}

function KeyForm({ onClose }: { onClose: () => void }) {
  const [issuer, setIssuer] = useState('');
  const [keyId, setKeyId] = useState('');
  const [algorithm, setAlgorithm] = useState('EdDSA');
  const [key, setKey] = useState('');
  const save = useMutation({
    mutationFn: () => api.post('/api/issuers', { issuer, key_id: keyId, algorithm, key }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['issuers'] });
      onClose();
    },
  });
  return (
    <Dialog
      open
      title={t('sites.addkey')}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button
            kind="primary"
            isDisabled={!issuer || !keyId || !key || save.isPending}
            onPress={() => save.mutate()}
          >
            {t('save')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <Failed error={save.error} />
        <TextField label={t('sites.issuer')} value={issuer} onChange={setIssuer} />
        <TextField label={t('sites.keyid')} value={keyId} onChange={setKeyId} />
        <Select
          label={t('sites.algorithm')}
          value={algorithm}
          onChange={setAlgorithm}
          options={['EdDSA', 'ES256', 'RS256', 'HS256'].map((id) => ({ id, text: id }))}
        />
        <TextField
          label={t('sites.key')}
          help={t('sites.key.help')}
          rows={5}
          value={key}
          onChange={setKey}
        />
      </div>
    </Dialog>
  );
}
