/** The product register: what is in force, what waits for a second hand, what the firm's list brings; and call-backs. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isoDay, moment } from '../../core/format';
import { ApiError } from '../../core/http';
import { t } from '../../locales/console';
import { t as own, speak } from '../../locales/register';
import { Button, Chip, Code, Coming, LevelBadge, Loading, toast } from '../../ui';
import { DataTable } from '../../ui/DataTable';
import { TextField } from '../../ui/Fields';
import { PageHead } from '../Shell';
import { api, useMe } from '../session';
import { useSpoken } from '../spoken';
import { queries } from '../start';
import { CsvImport } from './CsvImport';
import { Find, More, useListing } from './listing';
import { ProductForm } from './ProductForm';
import { type Product, ProductPanel, type Version } from './ProductPanel';
import page from './page.module.css';
import css from './staff.module.css';

interface Listed extends Product {
  risk: number;
  state: Version['state'];
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
  const [writing, setWriting] = useState<'new' | Product | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const spoken = useSpoken(speak);
  const list = useListing<Listed>('products', '/api/products', ['q']);
  const maker = me.roles.some((role) => role === 'editor' || role === 'administrator');
  const caller = me.roles.some((role) => role === 'operator' || role === 'supervisor');
  const open = list.rows.find((one) => one.id === chosen);
  if (!spoken) return <Loading />;
  return (
    <>
      <PageHead title={t('nav.products')}>
        {maker ? (
          <>
            <Button onPress={() => setImporting(true)}>{t('products.import')}</Button>
            <Button kind="primary" onPress={() => setWriting('new')}>
              {own('form.add')}
            </Button>
          </>
        ) : null}
      </PageHead>
      <div className={page.body}>
        {caller ? <Calls /> : null}
        <div className={css.filters}>
          <Find label={own('list.find')} />
        </div>
        <Coming of={list} />
        {list.data ? (
          <section className={page.card}>
            <DataTable
              caption={t('nav.products')}
              rows={list.rows}
              rowKey={(one) => one.id}
              selected={chosen}
              onSelect={(one) => setChosen(one.id)}
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
              ]}
            />
            <More list={list} />
          </section>
        ) : null}
      </div>
      {open ? (
        <ProductPanel
          product={open}
          onRevise={maker ? () => setWriting(open) : undefined}
          onClose={() => setChosen(null)}
        />
      ) : null}
      {writing ? (
        <ProductForm
          product={writing === 'new' ? undefined : writing}
          onClose={() => setWriting(null)}
        />
      ) : null}
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
