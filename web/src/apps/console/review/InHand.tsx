/** The item in hand: the message in its context with what the policies found, and the verdict by one key. */
import { useEffect, useRef, useState } from 'react';
import { told } from '../../../chat/told';
import { moment } from '../../../core/format';
import { t } from '../../../locales/review';
import { Button, Chip, IconButton, Mid, toast } from '../../../ui';
import { Switch, TextField } from '../../../ui/Fields';
import { iLeft } from '../../../ui/icons';
import { api } from '../../session';
import page from '../page.module.css';
import panes from '../search.module.css';
import { Level } from './Queue';
import css from './review.module.css';
import { Due, name, useAct } from './shared';
import type { Grade, Item, Looked, Said } from './types';
import { useShortcuts } from './useShortcuts';

const GRADES: Grade[] = ['false_positive', 'minor', 'serious', 'escalate'];
const GRAVE: Grade[] = ['serious', 'escalate'];

interface Props {
  item: Looked;
  onBack: () => void;
  onJudged: () => void;
}

export function InHand({ item, onBack, onJudged }: Props) {
  const [note, setNote] = useState('');
  const [reply, setReply] = useState('');
  const [minorGoes, setMinorGoes] = useState(false);
  const [lacking, setLacking] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const held = item.deadline_at !== null;
  const released = (grade: Grade) => grade === 'false_positive' || (grade === 'minor' && minorGoes);
  const judge = useAct(
    (grade: Grade) =>
      api.post<Item>(`/api/review/items/${item.id}/verdict`, {
        grade,
        note,
        reply,
        release: held && grade !== 'escalate' ? released(grade) : null,
      }),
    (after) => {
      toast(t(said(after, held && after.grade ? released(after.grade) : null)));
      onJudged();
    },
  );
  const toCase = useAct(
    () =>
      api.post('/api/review/cases', {
        title: `${item.policies[0]?.title ?? t(`kind.${item.kind}`)} · ${name(item.subject)}`,
        items: [item.id],
      }),
    () => toast(t('case.opened')),
  );
  const write = () => place.current?.querySelector('textarea')?.focus();
  const give = (grade: Grade) => {
    if (judge.isPending || (grade === 'escalate' && item.state === 'chief')) return;
    const wordless = GRAVE.includes(grade) && !note.trim();
    setLacking(wordless);
    if (wordless) write();
    else judge.mutate(grade);
  };
  useShortcuts({
    1: () => give('false_positive'),
    2: () => give('minor'),
    3: () => give('serious'),
    4: () => give('escalate'),
    n: write,
    s: onBack,
  });
  return (
    <section className={`${panes.pane} ${css.hand}`} aria-label={name(item.client)}>
      <header className={panes.head}>
        <IconButton icon={iLeft} label={t('item.close')} onPress={onBack} />
        <div>
          <b>
            {name(item.subject)} → {name(item.client)}
          </b>
          <Level of={item} />
          {item.state === 'open' ? null : (
            <Chip tone="accent">{t(item.state === 'chief' ? 'step.chief' : 'step.second')}</Chip>
          )}
          <Due at={item.deadline_at ?? item.due_at} late={item.overdue} />
        </div>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key */}
      <section className={css.reading} aria-label={t('item.context')} tabIndex={0}>
        <Findings item={item} />
        <h2 className={css.heading}>{t('item.context')}</h2>
        <ol className={css.talk}>
          {item.before.map((one) => (
            <Line key={one.id} said={one} />
          ))}
          <Line said={item.message} spans={item.spans} subject />
          {item.after.map((one) => (
            <Line key={one.id} said={one} />
          ))}
        </ol>
        {item.other ? (
          <>
            <h2 className={css.heading}>{t('item.other')}</h2>
            <ol className={css.talk}>
              <Line said={item.other} />
            </ol>
          </>
        ) : null}
        {item.reasons.length ? (
          <p className={page.meta}>
            {t('item.reasons', {
              runs: item.reasons
                .map((one) => `${one.run} ${one.weight > 0 ? '+' : ''}${one.weight.toFixed(1)}`)
                .join(' · '),
            })}
          </p>
        ) : null}
        {item.verdicts.length ? (
          <>
            <h2 className={css.heading}>{t('item.verdicts')}</h2>
            <ol className={css.steps}>
              {item.verdicts.map((one) => (
                <li key={one.at}>
                  <span className={page.meta}>
                    {moment(one.at)} · {name(one.reviewer)} · {t(`grade.${one.grade}`)}
                  </span>
                  {one.note ? <p>{one.note}</p> : null}
                </li>
              ))}
            </ol>
          </>
        ) : null}
      </section>
      <div className={css.verdict} ref={place}>
        {held ? (
          <div className={css.held}>
            <p>
              {t('held.waits')} {t('held.until', { at: moment(item.deadline_at ?? 0) })}{' '}
              {t('release.plain')}
            </p>
            <Switch isSelected={minorGoes} onChange={setMinorGoes}>
              {t('release.minor')}
            </Switch>
          </div>
        ) : null}
        <div className={css.words}>
          <TextField
            label={t('note')}
            help={t('note.help')}
            error={lacking ? t('grade.serious.help') : undefined}
            value={note}
            onChange={setNote}
            rows={2}
            maxLength={2000}
          />
          {held ? (
            <TextField
              label={t('reply')}
              help={t('reply.help')}
              value={reply}
              onChange={setReply}
              rows={2}
              maxLength={500}
            />
          ) : null}
        </div>
        <div className={`${css.grades} ${css.first}`}>
          {GRADES.filter((one) => one !== 'escalate' || item.state !== 'chief').map((grade) => (
            <Button key={grade} isDisabled={judge.isPending} onPress={() => give(grade)}>
              <kbd>{GRADES.indexOf(grade) + 1}</kbd> {t(`grade.${grade}`)}
            </Button>
          ))}
          <span className={css.space} />
          <Button kind="ghost" onPress={() => toCase.mutate(undefined)}>
            {t('case.from')}
          </Button>
          <Button kind="ghost" onPress={onBack}>
            {t('skip')} <kbd>S</kbd>
          </Button>
        </div>
        <p className={page.meta}>{t('grade.help')}</p>
      </div>
    </section>
  );
}

const said = (after: Item, release: boolean | null) => {
  if (after.state === 'second') return 'judged.second';
  if (after.state === 'chief') return 'judged.chief';
  if (release === null) return 'judged';
  return release ? 'judged.release' : 'judged.refuse';
};

/** Which rules were found, with their reasons. */
function Findings({ item }: { item: Looked }) {
  if (item.kind === 'sample') return <p className={page.meta}>{t('item.sample')}</p>;
  return (
    <ul className={css.findings}>
      {item.kind === 'contradiction' ? <li>{t('kind.contradiction')}</li> : null}
      {item.policies.map((one) => (
        <li key={one.id}>
          <b>{one.title}</b>
          <Mid />
          <span className={page.meta}>{one.id}</span>
          <p>{one.reason}</p>
        </li>
      ))}
    </ul>
  );
}

function Line(props: { said: Said; spans?: [number, number][]; subject?: boolean }) {
  const { said: one, spans = [], subject } = props;
  const place = useRef<HTMLLIElement>(null);
  // What is judged stands in the middle, whatever was said before.
  useEffect(() => {
    if (subject) place.current?.scrollIntoView({ block: 'center' });
  }, [subject]);
  return (
    <li ref={place} className={`${css.line} ${subject ? css.subject : ''}`}>
      <span className={page.meta}>
        {one.sender ? name(one.sender) : t('item.system')} · {moment(one.at)}
        {subject ? ` · ${t(`item.state.${one.state}`)}` : ''}
      </span>
      {one.text ? <p className={css.text}>{marked(one.text, spans)}</p> : null}
      {one.code ? <p className={css.text}>{told({ code: one.code, params: one.params })}</p> : null}
      {one.cards.length ? (
        <p className={page.meta}>{t('item.cards', { names: one.cards.join(', ') })}</p>
      ) : null}
      {one.files.length ? (
        <p className={page.meta}>{t('item.files', { names: one.files.join(', ') })}</p>
      ) : null}
      {one.read ? <p className={css.text}>{t('item.read', { words: one.read })}</p> : null}
    </li>
  );
}

/** The text with the places that the policies found; offsets in UTF-16 units, as the server gives them. */
function marked(text: string, spans: [number, number][]) {
  const out = [];
  let at = 0;
  for (const [start, end] of spans) {
    if (start < at || end > text.length) continue;
    out.push(text.slice(at, start), <mark key={start}>{text.slice(start, end)}</mark>);
    at = end;
  }
  out.push(text.slice(at));
  return out;
}
