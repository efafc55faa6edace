/** One entry: its wording in both languages, its versions, and what this editor may do next. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isoDay } from '../../core/format';
import { ApiError } from '../../core/http';
import { type Language, named, language as ours } from '../../core/i18n';
import { t } from '../../locales/console';
import { Button, Chip, Dialog, ErrorState, IconButton, Loading, Segmented, toast } from '../../ui';
import { TextField } from '../../ui/Fields';
import { iX } from '../../ui/icons';
import { api } from '../session';
import { queries } from '../start';
import { stateTone, type VersionState } from './Knowledge';
import { type Content, KnowledgeForm } from './KnowledgeForm';
import page from './page.module.css';
import css from './staff.module.css';
import { topicName } from './staffing';

interface Writer {
  id: string;
  name: string;
  name_en?: string | null;
}

interface Version {
  version: number;
  state: VersionState;
  author: Writer | null;
  approver: Writer | null;
  note: string;
  created_at: number;
}
export interface Entry {
  id: string;
  slug: string;
  topic: string;
  version: number;
  state: string;
  source: string;
  content: Content;
  versions: Version[];
  may: { edit: boolean; decide: boolean; retire: boolean };
}

const complain = (error: unknown) =>
  toast(error instanceof ApiError ? error.detail : t('error.title'));

export function KnowledgeEntry(props: {
  id: string;
  /** The version that is on its way; it is shown first. */
  pending: number | null;
  onClose: () => void;
}) {
  const { id, pending, onClose } = props;
  const [wanted, setWanted] = useState<number | null>(pending);
  const [language, setLanguage] = useState(ours);
  const [editing, setEditing] = useState(false);
  const [asking, setAsking] = useState<'return' | 'retire' | null>(null);
  const entry = useQuery({
    queryKey: ['knowledge', 'entry', id, wanted],
    queryFn: () => api.get<Entry>(`/api/knowledge/${id}${wanted ? `?version=${wanted}` : ''}`),
  });
  const act = useMutation({
    mutationFn: ({ verb, note }: { verb: string; note?: string }) => {
      const shown = wanted ?? entry.data?.version;
      const path = verb === 'retire' ? 'retire' : `versions/${shown}/${verb}`;
      return api.post(`/api/knowledge/${id}/${path}`, { note: note ?? '' });
    },
    onSuccess: () => {
      setAsking(null);
      void queries.invalidateQueries({ queryKey: ['knowledge'] });
    },
    onError: complain,
  });
  if (entry.isPending) return <Loading rows={3} />;
  if (entry.isError) {
    return <ErrorState error={entry.error} onRetry={() => void entry.refetch()} />;
  }
  const data = entry.data;
  const shown = data.versions.find((one) => one.version === (wanted ?? data.version));
  const text = data.content[language];
  return (
    <aside className={`${page.card} ${page.side}`} aria-label={data.slug}>
      <header className={page.cardHead}>
        <h2>
          {data.content[ours()]?.title ??
            data.content['zh-CN']?.title ??
            data.content.en?.title ??
            data.slug}
        </h2>
        <IconButton icon={iX} label={t('close')} onPress={onClose} />
      </header>
      <div className={`${page.pad} ${css.form}`}>
        <Segmented
          wide
          label={t('staff.languages')}
          selected={language}
          onSelect={(next) => setLanguage(next as Language)}
          options={[
            { id: 'zh-CN', text: '中文' },
            { id: 'en', text: 'English' },
          ]}
        />
        {text ? (
          <div lang={language} className={css.form}>
            <p>
              <b>{text.question}</b>
            </p>
            <p>{text.answer}</p>
            <p className={page.meta}>{text.similar.join(' · ')}</p>
          </div>
        ) : (
          <p className={page.meta}>{t('knowledge.untranslated')}</p>
        )}
        <p className={page.meta}>
          {topicName(data.topic)} · {data.source}
        </p>
      </div>
      <h3 className={css.heading}>{t('knowledge.versions')}</h3>
      <div className={page.list}>
        {data.versions.map((one) => (
          <button
            key={one.version}
            type="button"
            className={`${page.item} ${page.pick}`}
            aria-pressed={one === shown}
            onClick={() => setWanted(one.version)}
          >
            <span className={page.itemTop}>
              <b>{t('knowledge.number', { n: one.version })}</b>
              <Chip tone={stateTone(one.state)}>{t(`version.${one.state}`)}</Chip>
            </span>
            <span className={page.meta}>
              {isoDay(one.created_at)} · {one.author ? named(one.author) : '–'}
              {one.approver ? ` → ${named(one.approver)}` : ''}
              {one.note ? ` · ${one.note}` : ''}
            </span>
          </button>
        ))}
      </div>
      <footer className={css.actions}>
        {data.may.edit ? (
          <Button onPress={() => setEditing(true)}>{t('knowledge.revise')}</Button>
        ) : null}
        {data.may.edit && (shown?.state === 'draft' || shown?.state === 'returned') ? (
          <Button kind="primary" onPress={() => act.mutate({ verb: 'submit' })}>
            {t('knowledge.submit')}
          </Button>
        ) : null}
        {data.may.decide && shown?.state === 'submitted' ? (
          <>
            <Button onPress={() => setAsking('return')}>{t('knowledge.return')}</Button>
            <Button kind="primary" onPress={() => act.mutate({ verb: 'approve' })}>
              {t('knowledge.approve')}
            </Button>
          </>
        ) : null}
        {shown?.state === 'submitted' && !data.may.decide ? (
          <span className={page.meta}>{t('knowledge.waits')}</span>
        ) : null}
        {data.may.retire ? (
          <Button onPress={() => setAsking('retire')}>{t('knowledge.retire')}</Button>
        ) : null}
      </footer>
      {editing ? (
        <KnowledgeForm
          entry={data}
          onSaved={(saved) => setWanted(saved.versions[0]?.version ?? null)}
          onClose={() => setEditing(false)}
        />
      ) : null}
      {asking ? (
        <Note
          verb={asking}
          onClose={() => setAsking(null)}
          onNote={(note) => act.mutate({ verb: asking, note })}
        />
      ) : null}
    </aside>
  );
}

function Note(props: {
  verb: 'return' | 'retire';
  onClose: () => void;
  onNote: (note: string) => void;
}) {
  const [note, setNote] = useState('');
  return (
    <Dialog
      open
      title={t(`knowledge.${props.verb}`)}
      onClose={props.onClose}
      actions={
        <>
          <Button onPress={props.onClose}>{t('cancel')}</Button>
          <Button
            kind={props.verb === 'retire' ? 'danger' : 'primary'}
            isDisabled={!note.trim()}
            onPress={() => props.onNote(note)}
          >
            {t(`knowledge.${props.verb}`)}
          </Button>
        </>
      }
    >
      <TextField label={t('reason')} value={note} onChange={setNote} maxLength={500} autoFocus />
    </Dialog>
  );
}
