/** The house's policies: versions with what each is by now, one of them with its diff, back-test and decision. */
import { useState } from 'react';
import { isoDay, moment } from '../../../core/format';
import { speak, t, type Word } from '../../../locales/policies';
import {
  Button,
  Chip,
  Code,
  Coming,
  Dialog,
  ErrorState,
  Loading,
  useQuery as useAddress,
} from '../../../ui';
import { DataTable } from '../../../ui/DataTable';
import { DateField } from '../../../ui/DateField';
import { TextField } from '../../../ui/Fields';
import { FileDrop } from '../../../ui/FileDrop';
import { api, useMe } from '../../session';
import { useSpoken } from '../../spoken';
import page from '../page.module.css';
import { type Bound, InForce } from './InForce';
import css from './review.module.css';
import { name, useAct, useRoom } from './shared';
import type { Party } from './types';

type State = 'draft' | 'tested' | 'approved' | 'active' | 'replaced' | 'retired' | 'refused';
interface Version {
  id: string;
  name: string;
  number: number;
  state: State;
  retires: boolean;
  note: string;
  author: Party | null;
  approver: Party | null;
  decision_note: string;
  effective: string;
  created_at: number;
}
interface Store {
  items: Version[];
  pack: string;
  policies: Bound[];
  broken: Record<string, string>;
}
interface Figures {
  texts: number;
  days: number;
  alerts_now: number;
  alerts_then: number;
  new: number;
  gone: number;
  alerts_per_day: number;
  reviewer_hours_per_day: number;
  precision: number | null;
  sample_precision: number | null;
}
interface Example {
  entry: string;
  sender: Party | null;
  text: string;
  policies: string[];
  at: number;
  breach: boolean | null;
}
interface Read extends Version {
  source: string;
  diff: string[];
  backtest: Figures | null;
  sample: Example[];
}

const FIGURES = [
  'texts',
  'days',
  'alerts_now',
  'alerts_then',
  'new',
  'gone',
  'alerts_per_day',
  'reviewer_hours_per_day',
  'precision',
  'sample_precision',
] as const;

export default function Policies() {
  const [address, change] = useAddress();
  const [proposing, setProposing] = useState(false);
  const spoken = useSpoken(speak);
  const list = useRoom<Store>('/api/policies');
  const chosen = address.get('i');
  const retire = useAct((one: Version) =>
    api.post('/api/policies', { name: one.name, source: '', effective: isoDay(Date.now()) }),
  );
  if (!spoken) return <Loading />;
  return (
    <div className={page.body}>
      <div className={css.grades}>
        <span className={page.meta}>
          {t('policies.pack', { pack: list.data?.pack ?? '', n: list.data?.policies.length ?? 0 })}
        </span>
        <Button kind="primary" onPress={() => setProposing(true)}>
          {t('policies.propose')}
        </Button>
      </div>
      {Object.entries(list.data?.broken ?? {}).map(([key, reason]) => (
        <p key={key} className={page.late}>
          {t('policies.broken', { name: key, reason })}
        </p>
      ))}
      <Coming of={list} />
      {list.data ? (
        <DataTable
          caption={t('policies.list')}
          rows={list.data.items}
          rowKey={(one) => one.id}
          selected={chosen}
          onSelect={(one) => change({ i: one.id })}
          empty={t('policies.none')}
          columns={[
            {
              id: 'name',
              head: t('policies.name'),
              cell: (one) => <Code>{`${one.name}.${one.number}`}</Code>,
            },
            {
              id: 'note',
              head: t('policies.note'),
              cell: (one) => (one.retires ? t('policies.retires') : one.note),
              grow: true,
            },
            { id: 'author', head: t('policies.author'), cell: (one) => name(one.author) },
            { id: 'effective', head: t('policies.effective'), cell: (one) => one.effective },
            {
              id: 'state',
              head: t('policies.state'),
              cell: (one) => (
                <Chip
                  tone={
                    one.state === 'active' ? 'go' : one.state === 'tested' ? 'nudge' : undefined
                  }
                >
                  {t(`policies.state.${one.state}`)}
                </Chip>
              ),
            },
            {
              id: 'act',
              head: '',
              cell: (one) =>
                one.state === 'active' ? (
                  <Button onPress={() => retire.mutate(one)}>{t('policies.retire')}</Button>
                ) : null,
            },
          ]}
        />
      ) : null}
      {chosen ? <One key={chosen} id={chosen} /> : null}
      {list.data ? <InForce policies={list.data.policies} /> : null}
      {proposing ? <Propose onClose={() => setProposing(false)} /> : null}
    </div>
  );
}

/** One version: what it changes, what it would have done, the sample to look at, and the decision. */
function One({ id }: { id: string }) {
  const me = useMe();
  const [note, setNote] = useState('');
  const read = useRoom<Read>(`/api/policies/${id}`);
  const decide = useAct((approve: boolean) =>
    api.post(`/api/policies/${id}/decision`, { approve, note }),
  );
  const again = useAct(() => api.post(`/api/policies/${id}/backtest`, {}));
  const mark = useAct((told: { entry: string; breach: boolean }) =>
    api.post(`/api/policies/${id}/sample`, told),
  );
  const one = read.data;
  if (!one) return read.isError ? <ErrorState error={read.error} /> : <Loading />;
  const open = one.state === 'draft' || one.state === 'tested';
  return (
    <section className={page.card} aria-label={`${one.name}.${one.number}`}>
      <header className={page.cardHead}>
        <h2>{`${one.name}.${one.number}`}</h2>
        <span className={page.meta}>
          {name(one.author)} · {moment(one.created_at)}
          {one.approver ? ` · ${t('policies.decided', { name: name(one.approver) })}` : ''}
        </span>
      </header>
      <div className={page.pad}>
        {one.note ? <p>{one.note}</p> : null}
        {one.decision_note ? <p className={page.meta}>{one.decision_note}</p> : null}
        <h3 className={css.heading}>{t('policies.backtest')}</h3>
        {one.backtest ? (
          <dl className={css.tested}>
            {FIGURES.map((key) => (
              <div key={key}>
                <dt className={page.meta}>{t(`policies.figure.${key}` as Word)}</dt>
                <dd>{shown(key, one.backtest?.[key] ?? null)}</dd>
              </div>
            ))}
          </dl>
        ) : (
          <p className={page.meta}>{t('policies.testing')}</p>
        )}
        {one.sample.length ? <h3 className={css.heading}>{t('policies.sample')}</h3> : null}
        <ul className={css.findings}>
          {one.sample.map((each) => (
            <li key={each.entry}>
              <span className={page.meta}>
                {name(each.sender)} · {moment(each.at)} · {each.policies.join(', ')}
              </span>
              <p className={css.text}>{each.text}</p>
              {open ? (
                <span className={css.grades}>
                  {[true, false].map((breach) => (
                    <Button
                      key={String(breach)}
                      kind={each.breach === breach ? 'primary' : undefined}
                      onPress={() => mark.mutate({ entry: each.entry, breach })}
                    >
                      {t(breach ? 'policies.breach' : 'policies.harmless')}
                    </Button>
                  ))}
                </span>
              ) : null}
            </li>
          ))}
        </ul>
        <h3 className={css.heading}>{t('policies.diff')}</h3>
        <pre className={css.diff}>{one.diff.join('\n')}</pre>
        {open && one.author?.id !== me.id ? (
          <TextField label={t('policies.why')} value={note} onChange={setNote} maxLength={2000} />
        ) : null}
        {open ? (
          <div className={css.grades}>
            <Button onPress={() => again.mutate(undefined)}>{t('policies.again')}</Button>
            {one.author?.id === me.id ? (
              <span className={page.meta}>{t('policies.own')}</span>
            ) : (
              <>
                <Button isDisabled={!note.trim()} onPress={() => decide.mutate(false)}>
                  {t('policies.refuse')}
                </Button>
                <Button
                  kind="primary"
                  isDisabled={one.state !== 'tested'}
                  onPress={() => decide.mutate(true)}
                >
                  {t('policies.approve')}
                </Button>
              </>
            )}
          </div>
        ) : null}
      </div>
    </section>
  );
}

const shown = (key: string, value: number | null): string => {
  if (value === null) return '–';
  return key.endsWith('precision') ? `${Math.round(value * 1000) / 10} %` : String(value);
};

/** A version out of a file; its own tests run before it is kept. */
function Propose({ onClose }: { onClose: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [slot, setSlot] = useState('house');
  const [note, setNote] = useState('');
  const [day, setDay] = useState(isoDay(Date.now()));
  const send = useAct(async () => {
    const source = file ? await file.text() : '';
    const format = /\.ya?ml$/i.test(file?.name ?? '') ? 'yaml' : 'json';
    return api.post('/api/policies', { name: slot, source, format, effective: day, note });
  }, onClose);
  return (
    <Dialog
      open
      title={t('policies.propose')}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('policies.cancel')}</Button>
          <Button
            kind="primary"
            isDisabled={!file || send.isPending}
            onPress={() => send.mutate(undefined)}
          >
            {t('policies.send')}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <FileDrop
          label={t('policies.file')}
          accept={['.json', '.yaml', '.yml']}
          file={file}
          onFile={setFile}
        />
        <TextField
          label={t('policies.name')}
          help={t('policies.name.help')}
          value={slot}
          onChange={setSlot}
          maxLength={40}
        />
        <DateField label={t('policies.effective')} value={day} onChange={setDay} />
        <TextField label={t('policies.note')} value={note} onChange={setNote} maxLength={2000} />
      </div>
    </Dialog>
  );
}
