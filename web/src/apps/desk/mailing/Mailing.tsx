/** One text, with a product or without, for several of my clients or a group: handed in, approved by another, sent. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { moment } from '../../../core/format';
import { ApiError } from '../../../core/http';
import { language, named } from '../../../core/i18n';
import { t as desk } from '../../../locales/desk';
import { orElse, speak, t } from '../../../locales/mailing';
import { Button, Chip, Drawer, LevelBadge, toast } from '../../../ui';
import { Checkbox, TextField } from '../../../ui/Fields';
import { Select } from '../../../ui/Select';
import { api } from '../../session';
import { queries } from '../../start';
import { type ClientRow, useClients } from '../data';
import css from './mailing.module.css';

interface Group {
  id: string;
  name: string;
  admits: number | null;
  members: number;
}
interface Members extends Group {
  clients: { id: string; name: string; name_en: string | null }[];
}
interface Text {
  id: string;
  words: string;
  state: string;
  note: string;
  recipients: number;
  reached: number;
  created_at: number;
}
interface Product {
  id: string;
  name: string;
  risk: number;
}
interface List<T> {
  items: T[];
}

const NONE = '-';
const LEVELS = ['1', '2', '3', '4', '5'];

const again = () => queries.invalidateQueries({ queryKey: ['mailing'] });
const useList = <T,>(name: string, path: string) =>
  useQuery({ queryKey: ['mailing', name], queryFn: () => api.get<List<T>>(path) }).data?.items ??
  [];

/** An act: what it refuses is said, what it changes is asked for again. */
function useAct<In>(work: (given: In) => Promise<unknown>, done: () => void) {
  return useMutation({
    mutationFn: work,
    onSuccess: done,
    onSettled: again,
    onError: (error) => toast(error instanceof ApiError ? error.detail : desk('offline.title')),
  });
}

export function Mailing({ onClose }: { onClose: () => void }) {
  const [words, setWords] = useState('');
  const spoken = language();
  useEffect(() => {
    void speak(spoken).then(() => setWords(spoken));
  }, [spoken]);
  return (
    <Drawer title={desk('clients.several')} open onClose={onClose}>
      {words === spoken ? <Write /> : null}
    </Drawer>
  );
}

function Write() {
  const clients = useClients({});
  const groups = useList<Group>('groups', '/api/groups');
  const products = useList<Product>('products', '/api/products?limit=200');
  const [words, setWords] = useState('');
  const [product, setProduct] = useState(NONE);
  const [group, setGroup] = useState(NONE);
  const [chosen, setChosen] = useState<string[]>([]);
  const rows = (clients.data?.items ?? []).filter((row) => row.state === 'active');
  const hand = useAct(
    () =>
      api.post('/api/broadcasts', {
        words,
        ...(group === NONE ? { clients: chosen } : { group }),
        ...(product === NONE ? {} : { product }),
      }),
    () => {
      toast(t('handed.in'));
      setWords('');
      setChosen([]);
    },
  );
  return (
    <div className={css.page}>
      <p className={css.soft}>{t('rule')}</p>
      <TextField
        label={t('words')}
        value={words}
        onChange={setWords}
        rows={5}
        maxLength={2000}
        help={t('words.limit')}
      />
      <Select
        label={t('product')}
        value={product}
        onChange={setProduct}
        help={t('product.note')}
        options={[
          { id: NONE, text: t('product.none') },
          ...products.map((one) => ({
            id: one.id,
            text: `${one.name} · R${one.risk}`,
          })),
        ]}
      />
      <Select
        label={t('to')}
        value={group}
        onChange={setGroup}
        options={[
          { id: NONE, text: t('to.clients') },
          ...groups.map((one) => ({
            id: one.id,
            text: t('group.members', { name: one.name, n: one.members }),
          })),
        ]}
      />
      {group === NONE ? null : <People group={group} />}
      <Choice rows={rows} chosen={chosen} onChange={setChosen} />
      <Grouping
        group={group === NONE ? null : group}
        chosen={chosen}
        onDone={() => setChosen([])}
      />
      <Button
        kind="primary"
        isDisabled={hand.isPending || !words.trim() || (group === NONE && !chosen.length)}
        onPress={() => hand.mutate(undefined)}
      >
        {t('hand.in')}
      </Button>
      <Sent />
    </div>
  );
}

function Choice(props: {
  rows: ClientRow[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
}) {
  const { rows, chosen, onChange } = props;
  const all = rows.map((row) => row.client.id);
  return (
    <fieldset className={css.choice}>
      <legend className={css.soft}>{t('chosen', { n: chosen.length })}</legend>
      <Checkbox
        isSelected={Boolean(all.length) && chosen.length === all.length}
        isIndeterminate={chosen.length > 0 && chosen.length < all.length}
        onChange={(on) => onChange(on ? all : [])}
      >
        {t('all')}
      </Checkbox>
      {rows.map((row) => (
        <Checkbox
          key={row.client.id}
          isSelected={chosen.includes(row.client.id)}
          onChange={(on) =>
            onChange(
              on ? [...chosen, row.client.id] : chosen.filter((one) => one !== row.client.id),
            )
          }
        >
          {named(row.client)} {row.client.level ? <LevelBadge level={row.client.level} /> : null}
        </Checkbox>
      ))}
    </fieldset>
  );
}

/** Makes a group of those chosen, or takes them into the one that is open. */
function Grouping(props: { group: string | null; chosen: string[]; onDone: () => void }) {
  const { group, chosen, onDone } = props;
  const [name, setName] = useState('');
  const [admits, setAdmits] = useState(NONE);
  const done = () => {
    setName('');
    onDone();
    toast(t('group.made'));
  };
  const make = useAct(async () => {
    const level = admits === NONE ? {} : { admits: Number(admits) };
    const made = await api.post<Group>('/api/groups', { name, ...level });
    await api.post(`/api/groups/${made.id}/members`, { clients: chosen });
  }, done);
  const join = useAct(() => api.post(`/api/groups/${group}/members`, { clients: chosen }), onDone);
  if (group) {
    return (
      <Button isDisabled={!chosen.length || join.isPending} onPress={() => join.mutate(undefined)}>
        {t('group.join')}
      </Button>
    );
  }
  return (
    <details className={css.more}>
      <summary>{t('group.new')}</summary>
      <TextField label={t('group.name')} value={name} onChange={setName} maxLength={60} />
      <Select
        label={t('group.admits')}
        value={admits}
        onChange={setAdmits}
        help={t('group.admits.note')}
        options={[
          { id: NONE, text: t('group.admits.none') },
          ...LEVELS.map((id) => ({ id, text: `R${id}` })),
        ]}
      />
      <Button
        isDisabled={!name.trim() || !chosen.length || make.isPending}
        onPress={() => make.mutate(undefined)}
      >
        {t('group.make')}
      </Button>
    </details>
  );
}

function People({ group }: { group: string }) {
  const one = useQuery({
    queryKey: ['mailing', 'group', group],
    queryFn: () => api.get<Members>(`/api/groups/${group}`),
  });
  const out = useAct(
    (client: string) => api.delete(`/api/groups/${group}/members/${client}`),
    () => undefined,
  );
  return (
    <ul className={css.list} aria-label={t('group.people')}>
      {one.data?.clients.map((client) => (
        <li key={client.id}>
          <span>{named(client)}</span>
          <Button size="xs" onPress={() => out.mutate(client.id)}>
            {t('group.out')}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Sent() {
  const texts = useList<Text>('sent', '/api/broadcasts');
  return (
    <section>
      <h3 className={css.head}>{t('sent')}</h3>
      {texts.length ? null : <p className={css.soft}>{t('sent.none')}</p>}
      <ul className={css.list}>
        {texts.map((one) => (
          <li key={one.id} className={css.text}>
            <span>
              <Chip tone={one.state === 'refused' ? 'nudge' : undefined}>
                {orElse(`state.${one.state}`, 'state.waiting')}
              </Chip>{' '}
              <small className={css.soft}>
                {moment(one.created_at)} ·{' '}
                {one.state === 'sent'
                  ? t('reached', { n: one.reached, of: one.recipients })
                  : t('recipients', { n: one.recipients })}
              </small>
            </span>
            <p>{one.words}</p>
            {one.note ? <p className={css.soft}>{one.note}</p> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
