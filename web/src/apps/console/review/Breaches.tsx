/** Breaches of personal information: what happened, who is affected, what they are told, and by when they have to know. */
import { useState } from 'react';
import { moment } from '../../../core/format';
import { t } from '../../../locales/review';
import { Button, Chip, Coming, PageState } from '../../../ui';
import { DateField } from '../../../ui/DateField';
import { TextField } from '../../../ui/Fields';
import { iShield } from '../../../ui/icons';
import { api, useMe } from '../../session';
import page from '../page.module.css';
import css from './review.module.css';
import { Due, name, useAct, useRoom } from './shared';
import type { Breach } from './types';

const LANGUAGES = ['zh-CN', 'en'] as const;

export function Breaches() {
  const list = useRoom<{ items: Breach[] }>('/api/breaches');
  const me = useMe();
  const [writing, setWriting] = useState(false);
  // What waits for a decision of mine comes first.
  const mine = list.data?.items.some((one) => one.state === 'waiting' && one.author?.id !== me.id);
  const none = list.data?.items.length === 0;
  const begin = (
    <Button kind={mine ? 'plain' : 'primary'} onPress={() => setWriting(true)}>
      {t('breach.new')}
    </Button>
  );
  return (
    <div className={page.body}>
      <Coming of={list} />
      {writing ? <Fresh onEnd={() => setWriting(false)} /> : null}
      {none && !writing ? (
        <PageState kind="empty" icon={iShield} title={t('breaches.none')} action={begin}>
          {t('breaches.none.text')}
        </PageState>
      ) : null}
      {list.data && !none && !writing ? <div className={css.grades}>{begin}</div> : null}
      {list.data?.items.map((one) => (
        <One key={one.id} one={one} />
      ))}
    </div>
  );
}

const EMPTY = { incident: '', found: '', 'zh-CN': '', en: '', numbers: '' };

/** A breach is put on record; nobody is told before somebody else has approved the notice. */
function Fresh({ onEnd }: { onEnd: () => void }) {
  const [said, setSaid] = useState(EMPTY);
  const numbers = said.numbers.split(/[\s,，;；、]+/).filter(Boolean);
  const found = new Date(said.found).getTime();
  const put = useAct(
    () =>
      api.post('/api/breaches', {
        incident: said.incident,
        notice: { 'zh-CN': said['zh-CN'], en: said.en },
        found_at: found,
        numbers,
      }),
    onEnd,
  );
  const field = (key: keyof typeof EMPTY, rows?: number) => ({
    value: said[key],
    onChange: (text: string) => setSaid({ ...said, [key]: text }),
    rows,
    isRequired: true,
  });
  const ready =
    Boolean(said.incident.trim() && said['zh-CN'].trim() && said.en.trim() && numbers.length) &&
    !Number.isNaN(found);
  return (
    <section className={page.card} aria-label={t('breach.new')}>
      <header className={page.cardHead}>
        <h2>{t('breach.new')}</h2>
      </header>
      <div className={`${page.pad} ${css.form}`}>
        <TextField
          label={t('breach.incident')}
          help={t('breach.incident.help')}
          maxLength={2000}
          {...field('incident', 2)}
        />
        <DateField label={t('breach.found')} type="datetime-local" {...field('found')} />
        {LANGUAGES.map((language) => (
          <TextField
            key={language}
            label={t(`breach.notice.${language}`)}
            help={t('breach.notice.help')}
            maxLength={2000}
            lang={language}
            {...field(language, 4)}
          />
        ))}
        <TextField
          label={t('breach.numbers')}
          help={t('breach.numbers.help', { n: numbers.length })}
          {...field('numbers', 4)}
        />
        <div className={css.grades}>
          <Button onPress={onEnd}>{t('breach.cancel')}</Button>
          <Button
            kind="primary"
            isDisabled={!ready || put.isPending}
            onPress={() => put.mutate(undefined)}
          >
            {t('breach.put')}
          </Button>
        </div>
      </div>
    </section>
  );
}

function One({ one }: { one: Breach }) {
  const me = useMe();
  const [note, setNote] = useState('');
  const decide = useAct((approve: boolean) =>
    api.post(`/api/breaches/${one.id}/decision`, { approve, note }),
  );
  const open = one.state === 'waiting' || one.state === 'approved';
  const own = one.author?.id === me.id;
  return (
    <section className={page.card} aria-label={one.incident}>
      <header className={page.cardHead}>
        <h2>
          {name(one.author)} · {t('breach.affected', { n: one.affected })}
        </h2>
        <Chip tone={one.overdue ? 'stop' : one.state === 'waiting' ? 'nudge' : 'plain'}>
          {t(`breach.state.${one.state}`)}
        </Chip>
        {open ? <Due at={one.due_at} late={one.overdue} /> : null}
        <span className={page.meta}>{t('breach.found.at', { at: moment(one.found_at) })}</span>
      </header>
      <div className={`${page.pad} ${page.stack}`}>
        <p className={css.text}>{one.incident}</p>
        {LANGUAGES.map((language) => (
          <div key={language}>
            <h3 className={css.heading}>{t(`breach.notice.${language}`)}</h3>
            <p className={css.text} lang={language}>
              {one.notice[language]}
            </p>
          </div>
        ))}
        {one.approver ? (
          <p className={page.meta}>
            {name(one.approver)}
            {one.note ? `: ${one.note}` : ''}
          </p>
        ) : null}
        {one.told_at ? (
          <p className={page.meta}>
            {t('breach.told', { n: one.told, of: one.affected, at: moment(one.told_at) })}
          </p>
        ) : null}
        {one.state === 'waiting' && own ? <p className={page.meta}>{t('breach.own')}</p> : null}
        {one.state === 'waiting' && !own ? (
          <>
            <TextField label={t('note')} value={note} onChange={setNote} maxLength={2000} />
            <div className={css.grades}>
              <Button
                isDisabled={!note.trim() || decide.isPending}
                onPress={() => decide.mutate(false)}
              >
                {t('broadcast.refuse')}
              </Button>
              <Button
                kind="primary"
                isDisabled={decide.isPending}
                onPress={() => decide.mutate(true)}
              >
                {t('breach.approve', { n: one.affected })}
              </Button>
            </div>
          </>
        ) : null}
      </div>
    </section>
  );
}
