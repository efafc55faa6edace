/** Documents in versions: what is in force, what awaits a second hand and how it differs, and the draft of another. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { serverNow } from '../../../core/clock';
import { isoDay } from '../../../core/format';
import { ApiError } from '../../../core/http';
import { t } from '../../../locales/console';
import { t as own } from '../../../locales/fit';
import { Button, Chip, ErrorState, Loading, toast, useQuery as useAddress } from '../../../ui';
import { DataTable } from '../../../ui/DataTable';
import { DateField } from '../../../ui/DateField';
import { TextField } from '../../../ui/Fields';
import { api, useMe } from '../../session';
import { queries } from '../../start';
import page from '../page.module.css';
import { type Content, type Difference, differences, KINDS, type Version } from './documents';
import { Form, label } from './Form';
import css from './fit.module.css';

const failed = (error: unknown) =>
  toast(error instanceof ApiError ? error.detail : t('error.title'));
const again = () => queries.invalidateQueries({ queryKey: ['fit', 'documents'] });

export function Documents() {
  const me = useMe();
  const [address, change] = useAddress();
  const [draft, setDraft] = useState<Content | null>(null);
  const list = useQuery({
    queryKey: ['fit', 'documents'],
    queryFn: () => api.get<{ items: Version[] }>('/api/suitability/documents'),
  });
  const kind = KINDS.find((one) => one === address.get('kind')) ?? 'questionnaire';
  if (list.isPending) return <Loading />;
  if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  const all = list.data.items;
  const versions = all.filter((one) => one.kind === kind).sort((a, b) => b.version - a.version);
  const current = versions.find((one) => one.in_force);
  const maker = me.roles.some((role) => role === 'editor' || role === 'administrator');
  return (
    <div className={css.place}>
      <ul className={css.kinds}>
        {KINDS.map((one) => (
          <li key={one}>
            <button
              type="button"
              aria-current={one === kind}
              onClick={() => {
                setDraft(null);
                change({ kind: one });
              }}
            >
              <span>{own(`kind.${one}`)}</span>
              {all.some((each) => each.kind === one && each.state === 'proposed') ? (
                <Chip tone="nudge">1</Chip>
              ) : null}
            </button>
          </li>
        ))}
      </ul>
      <div className={css.stack}>
        {versions
          .filter((one) => one.state === 'proposed')
          .map((one) => (
            <Proposed key={one.version} one={one} current={current} />
          ))}
        {draft ? (
          <Draft
            key={kind}
            kind={kind}
            start={draft}
            current={current}
            onClose={() => setDraft(null)}
          />
        ) : current ? (
          <section className={page.card}>
            <header className={page.cardHead}>
              <h2>{own(`kind.${kind}`)}</h2>
              <Chip tone="go">{own('doc.in_force')}</Chip>
              <span className={page.meta}>
                {own('doc.version', { n: current.version })}
                {' · '}
                {own('doc.from', { day: current.effective_from })}
              </span>
              {maker ? (
                <Button onPress={() => setDraft(structuredClone(current.content))}>
                  {own('doc.edit')}
                </Button>
              ) : null}
            </header>
            <div className={css.content}>
              <p className={css.muted}>{own('doc.rule')}</p>
              <Form kind={kind} content={current.content} />
            </div>
          </section>
        ) : null}
        <DataTable
          caption={own('fit.documents')}
          rows={versions}
          rowKey={(one) => String(one.version)}
          columns={[
            { id: 'n', head: '', cell: (one) => own('doc.version', { n: one.version }) },
            { id: 'from', head: own('doc.effective'), cell: (one) => one.effective_from },
            { id: 'state', head: t('products.state'), cell: (one) => <State of={one} /> },
            {
              id: 'author',
              head: '',
              cell: (one) => (one.author_name ? own('doc.author', { name: one.author_name }) : ''),
            },
            { id: 'note', head: own('doc.note'), cell: (one) => one.note, grow: true },
          ]}
        />
      </div>
    </div>
  );
}

function State({ of }: { of: Version }) {
  if (of.in_force) return <Chip tone="go">{own('doc.in_force')}</Chip>;
  const past = of.state === 'approved' && of.effective_from <= isoDay(serverNow());
  const tone = of.state === 'proposed' ? 'nudge' : of.state === 'returned' ? 'stop' : 'plain';
  return <Chip tone={tone}>{own(past ? 'doc.past' : `doc.${of.state}`)}</Chip>;
}

/** A draft that awaits a second hand, with everything in which it differs. */
function Proposed({ one, current }: { one: Version; current?: Version }) {
  const me = useMe();
  const [note, setNote] = useState('');
  const decide = useMutation({
    mutationFn: (approved: boolean) =>
      api.post(`/api/suitability/documents/${one.kind}/${one.version}/decision`, {
        approved,
        note,
      }),
    onSettled: again,
    onError: failed,
  });
  const mine = one.author === me.id;
  const checker = me.roles.includes('supervisor');
  return (
    <section className={page.card}>
      <header className={page.cardHead}>
        <h2>{`${own(`kind.${one.kind}`)} · ${own('doc.version', { n: one.version })}`}</h2>
        <Chip tone="nudge">{own('doc.proposed')}</Chip>
        <span className={page.meta}>
          {own('doc.from', { day: one.effective_from })}
          {' · '}
          {own('doc.author', { name: one.author_name })}
        </span>
      </header>
      <div className={css.content}>
        <Differing of={differences(current?.content, one.content)} />
        {checker && !mine ? (
          <>
            <TextField label={own('doc.note')} value={note} onChange={setNote} maxLength={500} />
            <div className={css.tail}>
              <Button
                isDisabled={decide.isPending || !note.trim()}
                onPress={() => decide.mutate(false)}
              >
                {own('doc.return')}
              </Button>
              <Button
                kind="primary"
                isDisabled={decide.isPending}
                onPress={() => decide.mutate(true)}
              >
                {own('doc.approve')}
              </Button>
            </div>
          </>
        ) : null}
        {mine ? <p className={css.muted}>{own('doc.own')}</p> : null}
      </div>
    </section>
  );
}

function Differing({ of }: { of: Difference[] }) {
  if (!of.length) return <p className={css.muted}>{own('doc.same')}</p>;
  return (
    <DataTable
      caption={own('doc.changes')}
      captioned
      dense
      rows={of}
      rowKey={(one) => one.path}
      columns={[
        {
          id: 'path',
          head: own('doc.where'),
          cell: (one) => one.path.split(' › ').map(label).join(' › '),
          grow: true,
        },
        { id: 'before', head: own('doc.before'), cell: (one) => one.before || own('doc.none') },
        { id: 'after', head: own('doc.after'), cell: (one) => one.after || own('doc.none') },
      ]}
    />
  );
}

/** Another version, written from the one in force and handed to a second hand. */
function Draft(props: {
  kind: Version['kind'];
  start: Content;
  current?: Version;
  onClose: () => void;
}) {
  const [content, setContent] = useState(props.start);
  const [from, setFrom] = useState(isoDay(serverNow()));
  const [problem, setProblem] = useState('');
  const changed = differences(props.current?.content, content);
  const propose = useMutation({
    mutationFn: () =>
      api.post(`/api/suitability/documents/${props.kind}`, { content, effective_from: from }),
    onSuccess: () => {
      toast(own('doc.proposed.toast'));
      props.onClose();
    },
    onSettled: again,
    onError: (error) => setProblem(error instanceof ApiError ? error.detail : t('error.title')),
  });
  return (
    <section className={page.card}>
      <header className={page.cardHead}>
        <h2>{own(`kind.${props.kind}`)}</h2>
        <Chip tone="accent">{own('doc.edit')}</Chip>
      </header>
      <div className={css.content}>
        <Form kind={props.kind} content={content} onChange={setContent} />
        <Differing of={changed} />
        {problem ? <p role="alert">{problem}</p> : null}
        <div className={css.tail}>
          <DateField label={own('doc.effective')} value={from} onChange={setFrom} isRequired />
          <Button onPress={props.onClose}>{own('doc.cancel')}</Button>
          <Button
            kind="primary"
            isDisabled={propose.isPending || !changed.length || !from}
            onPress={() => propose.mutate()}
          >
            {own('doc.propose')}
          </Button>
        </div>
      </div>
    </section>
  );
}
