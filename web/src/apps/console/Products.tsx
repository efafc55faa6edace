/** The product register: what is in force, what waits for a second hand, what the firm's list brings; and call-backs. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isoDay, moment } from '../../core/format';
import { ApiError } from '../../core/http';
import { t } from '../../locales/console';
import { Button, Chip, Code, ErrorState, LevelBadge, Loading, toast } from '../../ui';
import { DataTable } from '../../ui/DataTable';
import { TextField } from '../../ui/Fields';
import { PageHead } from '../Shell';
import { api, useMe } from '../session';
import { queries } from '../start';
import { CsvImport } from './CsvImport';
import page from './page.module.css';
import css from './staff.module.css';

interface Version {
  version: number;
  state: 'proposed' | 'approved' | 'returned';
  risk: number;
  effective_from: string;
  effective_to: string | null;
  author: string;
}
interface Product {
  id: string;
  code: string;
  name: string;
  risk: number;
  state: Version['state'];
  versions: Version[];
}
interface Call {
  id: string;
  client: string;
  client_name: string;
  product: string;
  product_name: string;
  confirmed_at: number | null;
}

const failed = (error: unknown) =>
  toast(error instanceof ApiError ? error.detail : t('error.title'));

export default function Products() {
  const me = useMe();
  const [importing, setImporting] = useState(false);
  const list = useQuery({
    queryKey: ['products'],
    queryFn: () => api.get<{ items: Product[] }>('/api/products', { limit: 200 }),
  });
  const maker = me.roles.some((role) => role === 'editor' || role === 'administrator');
  const checker = me.roles.some((role) => role === 'editor' || role === 'supervisor');
  const caller = me.roles.some((role) => role === 'operator' || role === 'supervisor');
  const decide = useMutation({
    mutationFn: ({ one, approved }: { one: Product; approved: boolean }) =>
      api.post(`/api/products/${one.id}/versions/${one.versions[0]?.version}/decision`, {
        approved,
        note: approved ? '' : t('products.returned'),
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['products'] }),
    onError: failed,
  });
  const action = (one: Product) => {
    const newest = one.versions[0];
    if (!checker || newest?.state !== 'proposed' || newest.author === me.id) return null;
    return (
      <span className={css.inline}>
        <Button onPress={() => decide.mutate({ one, approved: false })}>
          {t('products.return')}
        </Button>
        <Button kind="primary" onPress={() => decide.mutate({ one, approved: true })}>
          {t('products.approve')}
        </Button>
      </span>
    );
  };
  return (
    <>
      <PageHead title={t('nav.products')}>
        {maker ? <Button onPress={() => setImporting(true)}>{t('products.import')}</Button> : null}
      </PageHead>
      <div className={page.body}>
        {caller ? <Calls /> : null}
        {list.isPending ? <Loading /> : null}
        {list.isError ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : null}
        {list.data ? (
          <DataTable
            caption={t('nav.products')}
            rows={list.data.items}
            rowKey={(one) => one.id}
            empty={t('products.none')}
            columns={[
              { id: 'code', head: t('products.code'), cell: (one) => <Code>{one.code}</Code> },
              { id: 'name', head: t('products.name'), cell: (one) => one.name, grow: true },
              {
                id: 'risk',
                head: t('products.risk'),
                cell: (one) => <LevelBadge level={`R${one.risk}`} />,
              },
              {
                id: 'from',
                head: t('products.from'),
                cell: (one) => one.versions[0]?.effective_from,
              },
              {
                id: 'state',
                head: t('products.state'),
                cell: (one) => (
                  <Chip tone={one.state === 'approved' ? 'go' : 'nudge'}>
                    {t(`products.${one.state}`)}
                  </Chip>
                ),
              },
              { id: 'act', head: '', cell: action },
            ]}
          />
        ) : null}
      </div>
      {importing ? (
        <CsvImport
          title={t('products.import')}
          path="/api/products/import"
          columns="code,name,kind,risk,term_months,goals,min_amount,risk_points,effective_from"
          refresh="products"
          onClose={() => setImporting(false)}
        />
      ) : null}
    </>
  );
}

/** Clients who asked for a product of the special levels wait for somebody independent to call them back. */
function Calls() {
  const me = useMe();
  const list = useQuery({
    queryKey: ['callbacks'],
    queryFn: () => api.get<{ items: Call[] }>('/api/suitability/callbacks'),
    refetchInterval: 30_000,
  });
  return list.data?.items.map((one) => (
    <CallBack key={one.id} call={one} proves={me.roles.includes('supervisor')} />
  ));
}

function CallBack({ call, proves }: { call: Call; proves: boolean }) {
  const [note, setNote] = useState('');
  const keep = useMutation({
    mutationFn: (insists: boolean) =>
      api.post(`/api/suitability/requests/${call.id}/callback`, { insists, note }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['callbacks'] }),
    onError: failed,
  });
  return (
    <section className={page.card}>
      <header className={page.cardHead}>
        <h2>{t('callback.title', { client: call.client_name, product: call.product_name })}</h2>
        <Chip tone="stop">{t('callback.special')}</Chip>
        <span className={page.meta}>{call.confirmed_at ? moment(call.confirmed_at) : ''}</span>
      </header>
      <div className={`${page.pad} ${css.form}`}>
        <p>{t('callback.text')}</p>
        <TextField label={t('callback.note')} value={note} onChange={setNote} maxLength={500} />
        <div className={css.inline}>
          {proves ? (
            <a
              href={`/api/suitability/dossier?client=${call.client}&product=${call.product}`}
              target="_blank"
              rel="noopener"
            >
              {t('callback.dossier', { date: isoDay(Date.now()) })}
            </a>
          ) : null}
          <Button isDisabled={!note.trim()} onPress={() => keep.mutate(false)}>
            {t('callback.gives_up')}
          </Button>
          <Button kind="primary" isDisabled={!note.trim()} onPress={() => keep.mutate(true)}>
            {t('callback.insists')}
          </Button>
        </div>
      </div>
    </section>
  );
}
